import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { runToEnd } from '../../../src/edge/process-group.ts';
import { systemClock } from '../../../src/runtime/engine/clock.ts';
import { silence } from '../../../src/runtime/engine/console-log.ts';
import { fileResults } from '../../../src/runtime/engine/file-results.ts';
import { startFlow } from '../../../src/runtime/engine/start-flow.ts';
import { main } from '../../fixtures/runtime/side-by-side.ts';
import { useRealServer } from '../api/real-server.ts';
import type { Difference } from './compare.ts';
import { differences } from './compare.ts';
import type { Reason } from './reasons.ts';
import { reasons } from './reasons.ts';
import type { Told } from './told.ts';
import { readTold } from './told.ts';

silence(true);
const server = useRealServer();

async function runPython(): Promise<void> {
  const { prefect, python } = server;
  const args = ['tests/fixtures/runtime/side_by_side.py', '2026-01-01', '2'];
  const { code, output } = await runToEnd({ file: python, args, env: prefect.env }, { seconds: 120 });
  expect(code, output).toBe(0);
}

async function runTypeScript(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-side-'));
  const api = server.api();
  await startFlow(main.spec, ['2026-01-01', 2], { api, clock: systemClock, results: fileResults(() => folder) });
  expect(await api.drain()).toMatchObject({ reason: null, events: { dropped: 0, unconfirmed: 0 } });
  api.close();
  await rm(folder, { recursive: true });
}

/**
 * The newest run, once the server has worked off all that it was told of it. It keeps events, task runs and logs in
 * batches of their own, so it is done when none of them has changed between two looks.
 */
async function newest(events: number): Promise<Told> {
  const [run] = await server.client.json<{ id: string }[]>('POST', '/flow_runs/filter', {
    flows: { name: { any_: ['side-by-side'] } },
    sort: 'START_TIME_DESC',
    limit: 1,
  });
  let last: Told | undefined;
  const look = async (): Promise<unknown> => {
    const told = await readTold(server.client, run?.id ?? '');
    const settled = last !== undefined && isDeepStrictEqual(timeless(told), timeless(last));
    last = told;
    return { settled, runs: told.task_runs.length, events: told.events.filter(({ event }) => /^prefect\.(?:task-run|artifact)\./.test(String(event))).length };
  };
  await expect.poll(look, { timeout: 90_000, interval: 1500 }).toEqual({ settled: true, runs: taskRuns + 1, events });
  return last as Told;
}

/** Some durations are of the moment in which they are asked for. */
function timeless(told: Told): unknown {
  return JSON.parse(JSON.stringify(told, (key, value: unknown) => (/(?:run_time|time_delta|duration)$/.test(key) ? null : value)));
}

/** Those of tasks; the subflow has one too, without events of its own. */
const taskRuns = 12;
/** Each is Pending, all but one Running, one of them again, and each ends. */
const taskEvents = taskRuns + (taskRuns - 1) + 1 + taskRuns;
const artifactEvents = 2;

test('one flow in Python and in TypeScript, on one server: what differs is known, and has a reason', async () => {
  await runPython();
  const python = await newest(taskEvents + artifactEvents);
  await runTypeScript();
  const typescript = await newest(taskEvents + artifactEvents);
  expect(typescript.flow_run['id']).not.toBe(python.flow_run['id']);
  const found = differences(python, typescript);
  const reasonOf = ({ field }: Difference): number => reasons.findIndex(({ fields }) => fields.test(field));
  expect(found.filter((each) => reasonOf(each) === -1)).toEqual([]);
  expect(reasons.filter((_, at) => !found.some((each) => reasonOf(each) === at))).toEqual([]);
  const tables = (titleOf: (reason: Reason) => string, columns: string, labelOf: (field: string) => string): string[] =>
    reasons.map((reason, at) => draw(titleOf(reason), columns, labelOf, found.filter((each) => reasonOf(each) === at)));
  await expect(`${[...head, ...tables(({ why }) => why, '| field | Python | TypeScript |', generalOf), ...onPurpose].join('\n')}\n`).toMatchFileSnapshot('../../../docs/runtime/differences.md');
  await expect(`${[...headInSpanish, ...tables(({ es }) => es, '| campo | Python | TypeScript |', (field) => inSpanish(generalOf(field))), ...onPurposeInSpanish].join('\n')}\n`).toMatchFileSnapshot('../../../docs/runtime/differences.es.md');
}, 180_000);

const head = [
  '# What a server shows of a flow in TypeScript, beside the same flow in Python',
  '',
  'One flow with retries, a map, a failure, a task that could not start, a kept result, a nested task, a subflow, tags and',
  'artifacts, in both languages (`tests/fixtures/runtime/side_by_side.py` and `side-by-side.ts`), on one Prefect server.',
  'Every field of its runs, states, run graph, logs, artifacts and events is compared; these are the ones that differ, and',
  'why. What is another in every run (ids, times, names made up, hashes of code) is left out. Made by',
  '`tests/runtime/side-by-side/side-by-side.test.ts`; `npx vitest run -u` on that file writes it anew.',
];

const headInSpanish = [
  '# Lo que enseña un servidor de un flow en TypeScript, junto al mismo flow en Python',
  '',
  'Un flow con reintentos, un map, un fallo, una task que no pudo empezar, un resultado guardado, una task anidada, un subflow,',
  'etiquetas y artifacts, en los dos lenguajes (`tests/fixtures/runtime/side_by_side.py` y `side-by-side.ts`), en un mismo servidor',
  'de Prefect. Se compara cada campo de sus ejecuciones, estados, grafo, logs, artifacts y eventos; estos son los que difieren, y',
  'por qué. No cuenta lo que cambia en cada ejecución (ids, horas, nombres inventados, hashes del código). Lo escribe',
  '`tests/runtime/side-by-side/side-by-side.test.ts`; `npx vitest run -u` con ese archivo lo vuelve a escribir.',
];

/** What no field of a run that goes well shows; `api/lease*.test.ts`, `conformance/*.test.ts` and `e2e/runtime-*.test.ts` hold it. */
const onPurpose = [
  '',
  '## Leases of concurrency slots, in the engine alone',
  '',
  '- A renewal that nobody answers is tried again until the lease has run out. Prefect gives up after three tries, though the lease may',
  '  stand for minutes: a server that restarts would end its runs.',
  '- When it has run out, or the server does not know it any more, a run of a deployment is Crashed, and so is what holds slots by',
  '  `concurrency()` with `strict` or `raiseOnLeaseRenewalFailure`, as in Prefect. Without those it goes on with a warning; of a slot of a',
  '  tag, too, where Prefect writes a line of debug: what is above a limit is worth knowing.',
  '- A server takes the slot of a run that pauses in its process. The next renewal of Prefect then cancels the run, paused or resumed; here it',
  '  goes on, without a slot.',
  '- Slots that cannot be given back are a warning, and free when their lease has run out: what was done with them is done. In Prefect the run fails.',
  '',
  '## Runs of a work pool',
  '',
  'What a pool starts looks the same too, in states, log lines and events (`tests/e2e/runtime-pool.test.ts`), but:',
  '',
  '- A run that is cancelled says Cancelled itself, at once, and the tasks at work in it are Cancelled: in Python they are Crashed, and the worker says',
  '  it seconds later. Of the event `prefect.runner.cancelled-flow-run`, which the worker sends then, there is none: `prefect.flow-run.Cancelled` is there.',
  '- A pull step that fails makes the run Failed, with the reason in its state. In Python it is Crashed: a process ended.',
  '- A flow that is out of time leaves its tasks Cancelled; in Python they are Crashed.',
  '- The line `Engine execution exited with unexpected exception` of a flow that failed is not there: the error is in the log already.',
];

const onPurposeInSpanish = [
  '',
  '## Los leases de las plazas de concurrencia, solo en el motor',
  '',
  '- Una renovación a la que nadie responde se repite hasta que el lease caduca. Prefect se rinde al tercer intento, aunque al lease le queden',
  '  minutos: un servidor que se reinicia acabaría con sus ejecuciones.',
  '- Cuando ha caducado, o el servidor ya no lo conoce, la ejecución de un deployment queda en Crashed, igual que lo que ocupa plazas con',
  '  `concurrency()` y `strict` o `raiseOnLeaseRenewalFailure`, como en Prefect. Sin ellos sigue adelante con un aviso; también si la plaza es de',
  '  una etiqueta, donde Prefect escribe una línea de debug: conviene saber que se ha superado un límite.',
  '- El servidor retira su plaza a la ejecución que se pausa dentro de su proceso. La siguiente renovación de Prefect la cancela, esté en pausa o',
  '  reanudada; aquí continúa, sin plaza.',
  '- Las plazas que no se pueden devolver son un aviso, y quedan libres cuando caduca su lease: lo hecho con ellas, hecho está. En Prefect la',
  '  ejecución falla.',
  '',
  '## Las ejecuciones de un work pool',
  '',
  'Lo que arranca un pool también se ve igual, en estados, líneas de log y eventos (`tests/e2e/runtime-pool.test.ts`), salvo esto:',
  '',
  '- Una ejecución cancelada pasa ella misma a Cancelled, enseguida, y también las tasks en marcha: en Python estas quedan en Crashed, y es el worker quien',
  '  lo anota segundos después. El evento `prefect.runner.cancelled-flow-run` que envía entonces el worker no llega; `prefect.flow-run.Cancelled`, sí.',
  '- Si un paso de pull falla, la ejecución queda en Failed y su estado dice por qué. En Python queda en Crashed: un proceso terminó.',
  '- Un flow al que se le acaba el tiempo deja sus tasks en Cancelled; en Python, en Crashed.',
  '- La línea `Engine execution exited with unexpected exception` de un flow que falla no está: el error ya figura en el log.',
];

/** What is the same of every task stands there once. */
function draw(why: string, columns: string, labelOf: (field: string) => string, list: readonly Difference[]): string {
  const rows = new Map<string, readonly (string | null)[]>();
  for (const { field, python, typescript } of list) {
    const name = labelOf(field);
    const [, ...before] = rows.get(name) ?? [name, null, null];
    rows.set(name, [name, ...[python, typescript].map((each, at) => joined(before[at] ?? null, each))]);
  }
  const lines = [...rows.values()].map((each) => `| ${each.map(cell).join(' | ')} |`);
  return ['', `## ${why}`, '', columns, '|---|---|---|', ...lines].join('\n');
}

function generalOf(field: string): string {
  return field
    .replace(/^event prefect\.task-run\..*?(?=\.(?:payload|resource)\.)/, 'events of task runs')
    .replace(/^states of (?!the flow).*?\[\]/, 'states of task runs[]')
    .replace(/^task run .*?(?=\.(?:state|cache_key))/, 'task runs')
    .replace(/^log of .*(?=\.)/, 'logs of task runs');
}

/** The words before the first field are ours; the fields keep the server's names. */
const words: readonly (readonly [RegExp, string])[] = [
  [/^events of task runs(?=\.)/, 'eventos de las tasks'],
  [/^states of task runs(?=\[)/, 'estados de las tasks'],
  [/^task runs(?=\.)/, 'tasks'],
  [/^logs of task runs(?=\.)/, 'logs de las tasks'],
  [/^log of the flow(?=\.)/, 'log del flow'],
  [/^states of the flow run(?=\[)/, 'estados del flow'],
  [/^flow run(?=\.)/, 'ejecución del flow'],
  [/^event (?=prefect\.)/, 'evento '],
  [/^graph: /, 'grafo: '],
  [/^(?=artifact |subflow\.)/, ''],
];

function inSpanish(label: string): string {
  const known = words.find(([pattern]) => pattern.test(label));
  expect(known, `"${label}" has no words in Spanish`).toBeDefined();
  return known === undefined ? label : label.replace(...known);
}

function joined(one: string | null, other: string | null): string | null {
  const parts = [one, other].flatMap((each) => each?.split('; ') ?? []);
  return parts.length === 0 ? null : [...new Set(parts)].toSorted().join('; ');
}

function cell(text: string | null): string {
  return text === null ? '' : `\`${text.replaceAll('|', '\\|')}\``;
}
