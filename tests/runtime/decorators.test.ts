import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Decorators have to be compiled, and vitest does not: TypeScript does, and Node runs what it writes.
const out = mkdtempSync(join(tmpdir(), 'kpi-decorated-'));
const options = [
  '--target',
  'es2023',
  '--module',
  'nodenext',
  '--rewriteRelativeImportExtensions',
  '--strict',
  '--types',
  'node',
];

beforeAll(async () => {
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
  const sources = ['tests/fixtures/runtime/decorated.ts'];
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  await execa(process.execPath, [tsc, '--ignoreConfig', ...options, '--rootDir', '.', '--outDir', out, ...sources]);
});

afterAll(() => rmSync(out, { recursive: true, force: true }));

test('decorated methods are flows and tasks, and keep their object', async () => {
  const program = `
    const { Prices } = await import(${JSON.stringify(pathToFileURL(join(out, 'tests/fixtures/runtime/decorated.js')).href)});
    console.log(await new Prices(3).main(2));
  `;
  const env = { PREFECT_API_URL: '', PREFECT_HOME: out };
  const { stdout, stderr } = await execa(process.execPath, ['--input-type=module', '-e', program], { env });
  expect(stdout).toBe('6');
  expect(stderr).toContain("for flow 'prices'");
});
