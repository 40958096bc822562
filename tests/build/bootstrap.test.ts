import { cp, mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** Stands in for npm: notes each call, then lays down a rolldown that writes a job which prints its arguments. */
const fakeNpm = `
const fs = require('node:fs');
fs.appendFileSync('calls', process.argv[2] + '\\n');
if (process.env.FAIL) { process.stderr.write(process.env.FAIL + '\\n'); process.exit(1); }
fs.mkdirSync('node_modules/rolldown/dist', { recursive: true });
fs.writeFileSync('node_modules/rolldown/dist/config.mjs', 'export const loadConfig = async () => (root, dir) => [{ dir }];');
fs.writeFileSync('node_modules/rolldown/dist/index.mjs', \`import fs from 'node:fs';
export const build = async ({ dir }) => {
  fs.mkdirSync(dir + '/build', { recursive: true });
  fs.writeFileSync(dir + '/build/hello.mjs', 'console.log(process.argv.slice(2).join()); process.exitCode = 7;');
};\`);
`;

let clone: string;

beforeEach(async () => {
  clone = await realpath(await mkdtemp(join(tmpdir(), 'kpi-flow-bootstrap-')));
  await mkdir(join(clone, 'src/build'), { recursive: true });
  await cp('src/build/bootstrap.mjs', join(clone, 'src/build/bootstrap.mjs'));
  await writeFile(join(clone, 'package-lock.json'), '{ "packages": { "": {}, "node_modules/rolldown": {} } }');
  await writeFile(join(clone, 'npm-cli.js'), fakeNpm);
});

afterEach(() => rm(clone, { recursive: true, force: true }));

function start(args: readonly string[], env: Record<string, string> = {}) {
  return execa(process.execPath, ['src/build/bootstrap.mjs', ...args], {
    cwd: clone,
    reject: false,
    stdin: 'ignore',
    env: { npm_execpath: join(clone, 'npm-cli.js'), ...env },
  });
}

async function installs(): Promise<number> {
  const calls = await readFile(join(clone, 'calls'), 'utf8').catch(() => '');
  return calls.split('\n').filter((call) => call === 'ci').length;
}

describe('the bootstrap, in a clone', () => {
  test('installs, builds, and hands the job its arguments; stdout is the job alone', async () => {
    const { stdout, stderr, exitCode } = await start(['hello:now', '--keep', 'x']);
    expect(stdout).toBe('--now,--keep,x');
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/npm ci: done in .* s\nbuild: done in .* s/);
  });

  test('never installs into a node_modules that is another checkout’s', async () => {
    await start(['hello']);
    const other = await realpath(await mkdtemp(join(tmpdir(), 'kpi-flow-linked-')));
    await rename(join(clone, 'node_modules'), join(other, 'node_modules'));
    await rm(join(other, 'node_modules/.kpi-flow-lock'));
    await symlink(join(other, 'node_modules'), join(clone, 'node_modules'), 'junction');
    const { exitCode } = await start(['hello']);
    expect([exitCode, await installs()]).toEqual([7, 1]);
    await rm(other, { recursive: true });
  });

  test('installs once', async () => {
    await start(['hello']);
    await start(['hello']);
    expect(await installs()).toBe(1);
  });

  test('installs again when the lock file changed', async () => {
    await start(['hello']);
    await writeFile(join(clone, 'package-lock.json'), '{ "packages": {} }');
    await start(['hello']);
    expect(await installs()).toBe(2);
  });

  test('does not trust node_modules of an install that was cut short', async () => {
    await mkdir(join(clone, 'node_modules/rolldown'), { recursive: true });
    const { exitCode } = await start(['hello']);
    expect([exitCode, await installs()]).toEqual([7, 1]);
  });

  test('a failed install is the environment (3), names the reason, and is tried again', async () => {
    const { exitCode, stderr, stdout } = await start(['hello'], { FAIL: 'npm error code ECONNREFUSED' });
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toContain('registry cannot be reached');
    expect((await start(['hello'])).exitCode).toBe(7);
  });

  test('no npm at all is the environment (3)', async () => {
    const { exitCode, stderr } = await start(['hello'], { npm_execpath: '', PATH: join(clone, 'nothing') });
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('npm was not found')]);
  });

  test('an unknown job is a mistake (2)', async () => {
    expect((await start(['nonsense'])).exitCode).toBe(2);
  });
});
