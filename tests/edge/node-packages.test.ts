import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNodePackages } from '../../src/edge/node-packages.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-npm-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is told when npm ends with this. */
async function told(output: string): Promise<unknown> {
  const npm = join(folder, 'npm-cli.js');
  await writeFile(npm, `console.error(${JSON.stringify(output)}); process.exitCode = 1;`);
  const packages = createNodePackages({ ...process.env, npm_execpath: npm });
  return await packages.install(folder, { signal: new AbortController().signal, progress: { detail: () => undefined } } as never);
}

test('a package that is not there is told by its name, and not by the advice that npm ends with', async () => {
  const output = [
    'npm error code E404',
    'npm error 404 Not Found - GET https://ana:s3cr3t@packages.example/no-such - Not found',
    'npm error 404',
    "npm error 404  'no-such@^1.0.0' is not in this registry.",
    'npm error 404',
    'npm error 404 Note that you can also install from a',
    'npm error 404 tarball, folder, http url, or git url.',
    'npm error A complete log of this run can be found in: /home/ana/.npm/_logs/debug-0.log',
  ].join('\n');
  const outcome = (await told(output)) as { readonly problems: readonly { readonly code: string; readonly data: { readonly detail: string } }[] };
  expect(outcome.problems.map(({ code }) => code)).toEqual(['E_INSTALL_FAILED']);
  const said = JSON.stringify(outcome.problems);
  expect(said).toContain("'no-such@^1.0.0'");
  expect(said).not.toMatch(/tarball|complete log|s3cr3t/);
});

test('a program that ends without a word of npm is told by its last words', async () => {
  expect(JSON.stringify(await told('spawn failed: no memory'))).toContain('no memory');
});
