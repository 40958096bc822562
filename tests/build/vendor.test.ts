import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readVendor } from 'virtual:vendor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runToEnd } from '../../src/edge/process-group.ts';
import { startFiles } from '../generate/grown.ts';

const plain = startFiles({ dir: 'kpi', name: 'Rate', id: 'rate', owner: 'ana', grain: 'day', language: 'typescript' }).get('config/config.yaml') ?? '';
const quoted = plain.replace(/^kpi:/m, '"kpi":');
const program = `
import { readConfig } from './config.mjs';
const [, , ...texts] = process.argv;
console.log(new Set(texts.map((text) => JSON.stringify(readConfig(text)))).size);
`;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-vendor-'));
  for (const { path, text } of readVendor()) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await writeFile(join(folder, 'read.mjs'), program);
  await mkdir(join(folder, 'node_modules'));
  await link('zod');
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const link = (name: string): Promise<void> => symlink(resolve('node_modules', name), join(folder, 'node_modules', name), 'junction');
const read = (...texts: string[]) => runToEnd({ file: process.execPath, args: ['read.mjs', ...texts], cwd: folder, env: process.env }, { seconds: 60 });

test('the vendored reader loads the library of YAML for a text that needs it, and for no other', async () => {
  expect(await read(plain)).toMatchObject({ code: 0, output: '1' });
  expect((await read(quoted)).code).toBe(1);
  await link('yaml');
  expect(await read(plain, quoted)).toMatchObject({ code: 0, output: '1' });
});

test('a mistake in config.yaml ends a program with the place, what is wrong and how to mend it, and with nothing that buries that', async () => {
  const { code, output } = await read(plain.replace(/^ {4}kind: cleaning$/m, '    kind: cleanig'));
  expect(code).toBe(1);
  expect(output).toMatch(/\n\[ConfigError: config\/config\.yaml:\d+:11: "transformers\.\w+\.kind" cannot be "cleanig"\. Did you mean "cleaning"\?\]\n\nNode\.js/);
  expect(output).not.toMatch(/\n +at |cause|E_CONFIG/);
});
