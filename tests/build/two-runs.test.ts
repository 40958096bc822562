import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bareEnvironment, binFile, codesIn, dist } from '../cli/command-line.ts';
import { env, filesOf, makeRepository } from './grown-repositories.ts';

let root = '';
beforeEach(() => {
  root = makeRepository(realpathSync(mkdtempSync(join(tmpdir(), 'kpi-flow-two-'))));
  writeFileSync(join(root, 'plopfile.mjs'), `export { default } from ${JSON.stringify(pathToFileURL(join(dist, 'plop.mjs')).href)};\n`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const options = () => ({ cwd: root, reject: false, stdin: 'ignore', extendEnv: false, env: { ...bareEnvironment(root), ...env, NO_COLOR: '1' } }) as const;
const cli = (name: string) => execa(process.execPath, [binFile('kpi-flow'), 'add', 'extractor', name, 'sql'], options());
const plop = (name: string) => execa(process.execPath, [resolve('node_modules/plop/bin/plop.js'), 'extractor', name, 'sql', '_'], options());

it('two runs at once, one of them through plop: one waits for the other, and both do their work', async () => {
  const ended = await Promise.all([cli('returns'), plop('refunds')]);
  expect(ended.map(({ exitCode }) => exitCode), ended.map(({ stderr }) => stderr).join()).toEqual([0, 0]);
  expect(Object.keys(filesOf(root))).toEqual(expect.arrayContaining(['src/core/extractors/returns.py', 'src/core/extractors/refunds.py']));
});

it('a run that does not end: the next is refused at every door, with its number and command, and nothing is written', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  const local = join(root, '.kpi-flow/local');
  mkdirSync(local, { recursive: true });
  writeFileSync(join(local, 'running'), JSON.stringify({ pid: other.pid, host: hostname(), command: 'sync' }));
  const before = filesOf(root);
  const [byCli, byPlop] = await Promise.all([cli('returns'), plop('refunds')]);
  other.kill();
  const said = [byCli.stderr, `${byPlop.stdout}${byPlop.stderr}`];
  expect([byCli.exitCode, byPlop.exitCode]).toEqual([3, 3]);
  expect(said.map(codesIn)).toEqual([['E_RUN_ACTIVE'], ['E_RUN_ACTIVE']]);
  for (const text of said) expect(text).toMatch(new RegExp(`${other.pid}[^]*sync|sync[^]*${other.pid}`));
  expect(filesOf(root)).toEqual(before);
});
