import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenForStop } from '../edge/interrupt.ts';
import type { PrefectHandle } from '../edge/prefect.ts';
import { startPrefect } from '../edge/prefect.ts';
import type { FlowRun } from '../edge/prefect-api.ts';
import type { Locale } from '../errors/bilingual.ts';
import { Cancelled } from '../errors/cancelled.ts';
import { Failure, fail } from '../errors/failure.ts';
import { explain } from '../messages/explain.ts';
import { demoEnvironment } from './demo/environment.ts';
import type { DemoLanguage, Installed } from './demo/language.ts';
import { createRepository, example, writeExample } from './demo/make-repository.ts';
import type { DemoLanguageName } from './demo/options.ts';
import { readOptions } from './demo/options.ts';
import { inPython } from './demo/python.ts';
import { agrees, compare, countFlights } from './demo/reference.ts';
import type { DemoResult } from './demo/report.ts';
import { report, reportSteps } from './demo/report.ts';
import type { Steps } from './demo/steps.ts';
import { createSteps } from './demo/steps.ts';
import type { DemoTexts } from './demo/texts.ts';
import { textsOf } from './demo/texts.ts';
import { inTypescript } from './demo/typescript.ts';

/** One demo under way. */
interface Demo {
  readonly texts: DemoTexts;
  readonly steps: Steps;
  readonly signal: AbortSignal;
  readonly name: DemoLanguageName;
  readonly language: DemoLanguage;
  readonly repository: string;
  readonly port: number | undefined;
  /** Undoes what was started, the last first. */
  readonly undo: (() => Promise<void>)[];
}

const kpi = 'on_time_performance';
const pool = 'kpi-pool';

/** Runs the demo and gives its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const locale = localeOf(process.env);
  const texts = textsOf(locale);
  const options = readOptions(args);
  if ('mistake' in options) return (process.stderr.write(`${texts.mistake(options.mistake)}\n`), 2);
  if (options.help) return (process.stdout.write(`${texts.usage}\n`), 0);
  const interrupt = listenForStop(() => void process.stderr.write(`\n${texts.stopping}\n`));
  const steps = createSteps(process.stderr);
  try {
    return await perform(options, texts, steps, interrupt.signal);
  } catch (error) {
    steps.end();
    return tell(error, locale);
  } finally {
    steps.end();
    interrupt.end();
  }
}

async function perform(
  options: { keep: boolean; port?: number; language: DemoLanguageName },
  texts: DemoTexts,
  steps: Steps,
  signal: AbortSignal,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-demo-'));
  const undo = [() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })];
  const controller = new AbortController();
  const whole = AbortSignal.any([signal, controller.signal]);
  const repository = join(folder, 'on-time-performance');
  const language = { python: inPython, typescript: inTypescript }[options.language](folder, repository, whole, texts);
  const demo: Demo = { texts, steps, signal: whole, name: options.language, language, repository, port: options.port, undo };
  try {
    const { result, prefect } = await makeAndRun(demo, controller);
    process.stdout.write(`${report(result, texts)}\n`);
    if (options.keep) await keepUp(prefect, demo, signal);
    await steps.run(texts.stop, () => unwind(undo));
    process.stdout.write(`${reportSteps(steps.taken, texts)}\n`);
    if (!agrees(result.comparison))
      fail('E_DEMO_DIFFERS', { ours: String(result.comparison.ours), reference: String(result.comparison.reference) });
    return 0;
  } finally {
    await unwind(undo);
  }
}

/** The repository first, then its environment; from there on what does not wait for one another runs side by side. */
async function makeAndRun(
  demo: Demo,
  controller: AbortController,
): Promise<{ result: DemoResult; prefect: PrefectHandle }> {
  const { steps, texts, signal, repository, name, language } = demo;
  await steps.run(texts.create, () => createRepository(repository, language.answers, signal));
  await steps.run(texts.write, () => writeExample(repository, name, language.address));
  const installed = await steps.run(texts.environment[name], (detail) => language.install(detail));
  const [prefect] = await together(controller, [
    steps.run(texts.server, () => startServer(demo, installed.python)),
    steps.run(texts.warehouse, () => installed.loadFlights()),
    steps.run(texts.tests, () => installed.runUnitTests()),
  ]);
  await together(controller, [
    steps.run(texts.worker, () => prefect.startWorker(pool)),
    steps.run(texts.deploy, () => prefect.cli(['deploy', '--all'], repository)),
  ]);
  const flowRun = await steps.run(texts.run, (detail) => runFlow(prefect, detail));
  const result = await steps.run(texts.read, () => readResult(demo, prefect, installed, flowRun));
  return { result, prefect };
}

async function startServer({ port, signal, undo }: Demo, python: string): Promise<PrefectHandle> {
  const prefect = await startPrefect(python, { env: demoEnvironment(process.env), signal, cache: '.cache', ...(port === undefined ? {} : { port }) });
  undo.push(() => prefect.stop());
  // Both the worker and `prefect deploy` ask for the pool.
  await prefect.api.createProcessPool(pool);
  return prefect;
}

async function runFlow(prefect: PrefectHandle, detail: (text: string) => void): Promise<FlowRun> {
  const [deployment] = await prefect.api.deployments();
  if (deployment === undefined) return fail('E_BUG', { detail: 'no deployment' });
  return await prefect.runDeployment(deployment.id, { start: '2001-01-01', end: '2001-04-01' }, { onState: detail });
}

async function readResult(
  { repository }: Demo,
  prefect: PrefectHandle,
  installed: Installed,
  flowRun: FlowRun,
): Promise<DemoResult> {
  const [tasks, artifacts, rows, csv] = await Promise.all([
    prefect.api.taskRuns(flowRun.id),
    prefect.api.artifacts(flowRun.id),
    installed.readTable(`${kpi}_daily`),
    readFile(join(example, 'data', 'flights.csv'), 'utf8'),
  ]);
  const published = artifacts.find((each) => each.key === `kpi-${kpi.replaceAll('_', '-')}`);
  const address = `${prefect.dashboard}/runs/flow-run/${flowRun.id}`;
  return { tasks, published, comparison: compare(rows, countFlights(csv)), address, flowRun, repository };
}

/** Runs works side by side; when one fails the others are told to stop, and have stopped when this throws. */
async function together<Works extends readonly Promise<unknown>[]>(
  controller: AbortController,
  works: readonly [...Works],
): Promise<{ -readonly [Key in keyof Works]: Awaited<Works[Key]> }> {
  let first: unknown;
  const watched = works.map((work) =>
    work.catch((error: unknown) => {
      first ??= error;
      controller.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(watched);
  if (first !== undefined) throw first;
  return (await Promise.all(watched)) as { -readonly [Key in keyof Works]: Awaited<Works[Key]> };
}

async function keepUp(prefect: PrefectHandle, { texts, repository, steps }: Demo, signal: AbortSignal): Promise<void> {
  steps.end();
  process.stderr.write(`\n${texts.repository}: ${repository}\n${texts.kept(prefect.dashboard)}\n`);
  // An abort listener alone does not keep Node alive.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  clearInterval(alive);
}

async function unwind(undo: (() => Promise<void>)[]): Promise<void> {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
}

function tell(error: unknown, locale: Locale): number {
  if (error instanceof Cancelled) return error.exitCode;
  const problems = error instanceof Failure ? error.problems : [];
  for (const problem of problems) {
    const { what, why, fix } = explain(problem, locale);
    process.stderr.write(`\n${problem.code}: ${what}\n${why}\n${fix}\n`);
  }
  if (error instanceof Failure) return error.exitCode;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 70;
}

function localeOf(env: NodeJS.ProcessEnv): Locale {
  const told = env['KPI_FLOW_LOCALE'] ?? Intl.DateTimeFormat().resolvedOptions().locale;
  return told.startsWith('es') ? 'es' : 'en';
}

// `src/build/bootstrap.mjs` imports this file once it is built; a test imports `run` and calls it itself.
if (process.argv[1]?.endsWith('demo.mjs') === true) process.exitCode = await run(process.argv.slice(2));
