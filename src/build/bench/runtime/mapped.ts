import { performance } from 'node:perf_hooks';
import type { Paced } from '../floor.ts';
import { middleOf, paced, slowness } from '../floor.ts';
import { median } from '../median.ts';
import { serversOwnTime, untilVisible } from './recorded.ts';
import type { Time } from './run-program.ts';
import { tryProgram } from './run-program.ts';
import type { Place, Server, ServerKind } from './servers.ts';
import { onServer } from './servers.ts';

/** So many mapped tasks, of one client; seconds. */
export interface Mapped {
  /** From the start of its process to its end. */
  readonly client: number;
  /** From the start of its process until the server had the last of those that it ever had. */
  readonly all: number;
  readonly visible: number;
  /** Whether the run itself came to its end. */
  readonly isGood: boolean;
}

/** The middle of the rounds where nothing else is said. */
export interface MappedFigures {
  readonly server: ServerKind;
  readonly count: number;
  /** What the server needs for as many, when it is fed as fast as it works. */
  readonly own: number;
  /** Until all were there, over the server's own time of the same round. */
  readonly over: number;
  readonly ours: {
    readonly client: number;
    /** In the worst round. */
    readonly visible: number;
    /** Seconds of the processor that a task took in the flow's own code. */
    readonly cpu: Paced;
    /** Seconds from the first task's start to the last one's end. */
    readonly tasks: number;
    /** Bytes a task, that are kept when it is over, and at most. */
    readonly heap: number;
    readonly peak: number;
  };
  /** Once: it takes minutes, and its limits are far away. */
  readonly python: Mapped;
}

interface Round {
  readonly own: number;
  readonly ours: Mapped & { readonly said: Said };
  readonly slow: number;
}

/** What the program of ours says of itself. */
interface Said {
  readonly run: string;
  readonly own: Time;
  readonly heap: number;
  readonly peak: number;
}

export interface MappedOptions {
  readonly tasks: number;
  readonly rounds: number;
  readonly say: (text: string) => void;
}

/** Each work gets a server that nothing was done on before: what it was given earlier goes on to cost it time. Undefined where there is none. */
export async function measureMapped(place: Place, options: MappedOptions): Promise<MappedFigures | undefined> {
  const { tasks, rounds, say } = options;
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const each = await roundOn(place, round, tasks);
    if (each === undefined) return undefined;
    const { own, ours } = each;
    say(`round ${round + 1} of ${rounds}: ${tasks} task runs by themselves ${own.toFixed(0)} s; mapped in TypeScript ${ours.client.toFixed(0)} s, ${ours.visible} visible after ${ours.all.toFixed(0)} s`);
    measured.push(each);
  }
  const python = await onServer(place, (server) => mapOnce<{ run: string }>(place, server, [place.python, 'runtime_bench.py', 'mapped', String(tasks)], tasks));
  if (python === undefined) return undefined;
  const { client, all, visible, isGood } = python.value;
  say(`mapped in Python ${client.toFixed(0)} s, ${visible} visible after ${all.toFixed(0)} s${isGood ? '' : ', and the run failed'}`);
  return { server: place.kind, count: tasks, ...middle(measured, tasks), python: { client, all, visible, isGood } };
}

/** The two works in turn, and which is first changes from round to round. */
async function roundOn(place: Place, round: number, tasks: number): Promise<Round | undefined> {
  const command = [process.execPath, '--expose-gc', 'bench.mjs', 'mapped', String(tasks)];
  const ownTime = (): ReturnType<typeof onServer<number>> => onServer(place, ({ client }) => serversOwnTime(client, tasks));
  const slow = await slowness(place.folder);
  const before = round % 2 === 0 ? await ownTime() : undefined;
  const ours = await onServer(place, (server) => mapOnce<Said>(place, server, command, tasks));
  if (ours?.value.isGood === false) throw new Error('the flow in TypeScript failed');
  const own = before ?? (await ownTime());
  return own && ours && { own: own.value, ours: ours.value, slow };
}

function middle(rounds: readonly Round[], tasks: number): Omit<MappedFigures, 'server' | 'count' | 'python'> {
  const of = (value: (round: Round) => number): number => median(rounds.map(value));
  return {
    own: of(({ own }) => own),
    over: of(({ own, ours }) => ours.all / own),
    ours: {
      client: of(({ ours }) => ours.client),
      visible: Math.min(...rounds.map(({ ours }) => ours.visible)),
      cpu: middleOf(rounds.map(({ ours, slow }) => paced(ours.said.own.cpu, slow))),
      tasks: of(({ ours }) => ours.said.own.wall * tasks),
      heap: of(({ ours }) => ours.said.heap),
      peak: of(({ ours }) => ours.said.peak),
    },
  };
}

async function mapOnce<T extends { run: string }>({ folder }: Place, { client, env }: Server, command: readonly string[], count: number): Promise<Mapped & { readonly said: T }> {
  const started = performance.now();
  const { said, isGood } = await tryProgram<T>(folder, command, { ...env, KPI_FLOW_REPORT_SECONDS: '3600' });
  const ended = performance.now();
  const { count: visible, at } = await untilVisible(client, said.run, count);
  return { said, isGood, client: (ended - started) / 1000, all: (at - started) / 1000, visible };
}
