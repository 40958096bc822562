import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeServer } from '../runtime/api/fake-server.ts';
import { startFakeServer } from '../runtime/api/fake-server.ts';

/** Each has a function of its own name where it goes wrong: that is the line of the trace that a person looks for. */
const program = `
import { setTimeout as sleep } from 'node:timers/promises';
import { Failed, flow, task } from './runtime/index.js';
function breaks() { throw new RangeError('too low'); }
const bad = task(() => breaks(), { name: 'bad' });
const plain = flow(() => breaks(), { name: 'plain' });
const inner = flow(async () => { await bad(); }, { name: 'inner' });
const outer = flow(async () => { await inner(); }, { name: 'outer' });
const caused = flow(() => { try { breaks(); } catch (cause) { throw new TypeError('fetch failed', { cause }); } }, { name: 'caused' });
const returned = flow(() => Failed({ message: 'no rows' }), { name: 'returned' });
const slow = flow(async () => { await sleep(60_000); }, { name: 'slow', timeoutSeconds: 0.2 });
const waits = flow(async () => { console.log('waiting'); await sleep(60_000); }, { name: 'waits' });
const typed = flow(() => 1, { name: 'typed', parameters: { '~standard': { version: 1, vendor: 'own', validate: () => ({ issues: [{ message: 'must be a number', path: ['days'] }] }) } } });
const starts = {
  plain, outer, caused, returned, slow, waits, typed,
  unawaited: async () => { void plain(); },
  caught: () => plain().catch(() => console.log('caught')),
  'wrapped by the program': () => outer().catch((cause) => { throw new Error('the program is over', { cause }); }),
  'another error': async () => { await plain().catch(() => undefined); await sleep(20); null.nothing; },
  'heard by the program': async () => { process.on('uncaughtException', ({ message }) => { console.log('heard ' + message); process.exit(7); }); await plain(); },
};
await starts[process.argv[2]]();
`;

let folder = '';
let server: FakeServer;

beforeAll(async () => {
  server = await startFakeServer(0);
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-direct-failure-'));
  const bundle = await rolldown({ input: { index: './src/runtime/index.ts' }, platform: 'node', logLevel: 'silent' });
  await bundle.write({ dir: join(folder, 'runtime'), format: 'esm', entryFileNames: '[name].js' });
  await bundle.close();
  await writeFile(join(folder, 'program.mjs'), program);
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A program that a person starts, until it is over. */
async function start(name: string, address: string | undefined, interrupt = false) {
  const env: NodeJS.ProcessEnv = { ...process.env, PREFECT_HOME: folder, PREFECT_API_URL: address };
  if (address === undefined) delete env['PREFECT_API_URL'];
  const child = spawn(process.execPath, [join(folder, 'program.mjs'), name], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString();
    if (interrupt) child.kill('SIGINT');
  });
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err, traces: err.split('at breaks (').length - 1 };
}

describe.each([['on a server', () => server.url], ['without a server', () => undefined]])('a program whose flow fails, %s', (_, address) => {
  test.each(['plain', 'outer', 'caused', 'unawaited'])('shows the error once in full, and ends with 1: %s', async (name) => {
    const { code, err, traces } = await start(name, address());
    expect({ code, traces }, err).toEqual({ code: 1, traces: 1 });
    expect(err.trimEnd().split('\n').at(-1)).toMatch(/^[\d:.]+ \| ERROR {3}\| Flow run '.*' - Finished in state Failed\(/);
  });

  test.each([
    ['returned', "Finished in state Failed('no rows')"],
    ['slow', 'Flow run exceeded timeout of 0.2 second(s)'],
    ['typed', 'days: must be a number'],
  ])('says it without the trace of an engine: %s', async (name, said) => {
    const { code, err } = await start(name, address());
    expect(code).toBe(1);
    expect(err).toContain(said);
    expect(err).not.toMatch(/^ +at /m);
  });

  test('ends as a signal ends it, and says so', async () => {
    const { code, err } = await start('waits', address(), true);
    expect(code).toBe(130);
    expect(err).toContain("Finished in state Crashed('Execution was aborted by a termination signal.')");
    expect(err).not.toMatch(/^ +at /m);
  });

  test('goes on when it catches the error', async () => {
    const { code, out, traces } = await start('caught', address());
    expect({ code, out, traces }).toEqual({ code: 0, out: 'caught\n', traces: 1 });
  });

  test.each([
    ['wrapped by the program', /^Error: the program is over\n +at /m],
    ['another error', /^TypeError: .*nothing.*\n +at /m],
  ])('has Node show an error of its own: %s', async (name, trace) => {
    const { code, err } = await start(name, address());
    expect(code).toBe(1);
    expect(err).toMatch(trace);
  });

  test('hears it where it listens for what nobody catches', async () => {
    expect(await start('heard by the program', address())).toMatchObject({ code: 7, out: 'heard too low\n' });
  });
});
