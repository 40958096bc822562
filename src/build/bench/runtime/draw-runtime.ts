import { cpus, loadavg } from 'node:os';
import type { Paced } from '../floor.ts';
import { floorOfLimits } from '../floor.ts';
import type { MappedFigures } from './mapped.ts';
import type { RuntimeFigures } from './measure-runtime.ts';
import { serverKinds } from './servers.ts';

/** A figure beside what it may be at most, or at least. */
interface Aim {
  readonly what: string;
  readonly ours: string;
  readonly python: string;
  readonly limit: string;
  readonly met: boolean;
}

type Figures = RuntimeFigures | MappedFigures;

export function meetsRuntimeTargets(figures: Figures): boolean {
  return aimsOf(figures).every(({ met }) => met);
}

/** The figures as a Markdown table. */
export function drawRuntime(figures: Figures, rounds: number): string {
  const rows = aimsOf(figures).map(({ what, ours, python, limit, met }) => [what, ours, python, limit, met ? 'met' : '**missed**']);
  const head = ['figure', 'TypeScript', 'Python', 'limit', ''];
  const load = loadavg()[0]?.toFixed(0) ?? '?';
  const about = [
    `Node ${process.versions.node}, ${process.platform}, ${cpus().length} cores, load ${load} at the end. Processor time where it says so: it is what a crowded machine leaves alone.`,
    `In brackets, and held to the limits: scaled to a machine where bare Node takes ${floorOfLimits} ms, as where these were set; bare Node is timed beside each.`,
  ];
  const what = isMapped(figures) ? `${figures.count} mapped tasks on ${serverKinds[figures.server]}: the middle of ${rounds} rounds, Python's once.` : `The middle of ${rounds} rounds, of imports of 15.`;
  return [[what, ...about].join('\n'), [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')].join('\n\n');
}

export function isMapped(figures: Figures): figures is MappedFigures {
  return 'server' in figures;
}

function aimsOf(figures: Figures): Aim[] {
  return isMapped(figures) ? aimsOfMapped(figures) : aimsOfRuntime(figures);
}

function aimsOfRuntime({ size, importing, unreported, python, pool }: RuntimeFigures): Aim[] {
  const { start, cancel } = pool.typescript;
  return [
    { what: 'what an import loads, minified', ours: `${(size / 1000).toFixed(1)} kB`, python: '', limit: '<= 60 kB', met: size <= 60_000 },
    { what: 'import of the runtime, processor', ours: both(importing, ms), python: '', limit: '<= 10 ms', met: importing.scaled <= 0.01 },
    { what: 'a task that is reported to nobody, processor', ours: both(unreported, us), python: both(python, us), limit: '<= 5 us', met: unreported.scaled <= 5e-6 },
    { what: 'over Python’s', ours: `1/${(python.measured / unreported.measured).toFixed(0)}`, python: '', limit: '<= 1/1000', met: unreported.measured <= python.measured / 1000 },
    { what: 'Submitting to Running in a process pool', ours: both(start, s), python: both(pool.python.start, s), limit: '<= 0.25 s', met: start.scaled <= 0.25 },
    { what: 'Cancelling to Cancelled', ours: both(cancel, s), python: both(pool.python.cancel, s), limit: '<= 0.3 s', met: cancel.scaled <= 0.3 },
  ];
}

function aimsOfMapped({ count, own, over, ours, python }: MappedFigures): Aim[] {
  const ofPython = python.isGood ? '' : ', and its run failed';
  return [
    { what: `the run's own time a task, processor`, ours: both(ours.cpu, us), python: '', limit: '<= 50 us', met: ours.cpu.scaled <= 5e-5 },
    { what: 'visible', ours: String(ours.visible), python: `${python.visible}${ofPython}`, limit: 'all', met: ours.visible === count },
    { what: `until all are, over the server's own time (${own.toFixed(0)} s)`, ours: `${over.toFixed(2)}x`, python: `${(python.all / own).toFixed(2)}x`, limit: '<= 1.1x', met: over <= 1.1 },
    { what: `the flow's tasks done`, ours: s(ours.tasks), python: s(python.client), limit: '<= 1/5', met: ours.tasks <= python.client / 5 },
    { what: `the client's process`, ours: s(ours.client), python: s(python.client), limit: '', met: true },
    { what: 'memory kept a finished task', ours: `${Math.max(0, ours.heap).toFixed(0)} B`, python: '', limit: '<= 1 kB', met: ours.heap <= 1024 },
    { what: 'most memory held a task', ours: `${(ours.peak / 1024).toFixed(1)} kB`, python: '', limit: '', met: true },
  ];
}

/** A time as it was measured, and scaled in brackets. */
const both = ({ measured, scaled }: Paced, show: (seconds: number) => string): string => `${show(measured)} (${show(scaled)})`;
const ms = (seconds: number): string => `${(seconds * 1000).toFixed(1)} ms`;
const us = (seconds: number): string => `${(seconds * 1e6).toFixed(1)} us`;
const s = (seconds: number): string => `${seconds.toFixed(2)} s`;
