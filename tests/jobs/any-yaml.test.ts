import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPlainYaml } from '../../src/config/plain-yaml.ts';
import { NoYamlParser, yamlParser } from '../../src/config/yaml-parser.ts';
import { add, createProject } from '../../src/index.ts';

// Nothing here loads the parser of YAML by itself: the job has to.
const folder = mkdtempSync(join(tmpdir(), 'kpi-yaml-'));
const root = join(folder, 'kpi');
const config = join(root, 'config/config.yaml');

beforeAll(async () => {
  await createProject({ dir: root, id: 'stock', name: 'Stock', owner: 'ana', git: false, install: false });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a config.yaml of the plain form is grown without the parser, and one of another form with it', async () => {
  await add('extractor', { name: 'returns', kind: 'sql' }, { cwd: root });
  expect(yamlParser).toThrow(NoYamlParser);
  writeFileSync(config, readFileSync(config, 'utf8').replace(/^ {2}returns:\n {4}source: (\w+)\n/m, '  "returns": {source: $1} # by hand\n'));
  expect(readPlainYaml(readFileSync(config, 'utf8'))).toBeUndefined();
  await add('extractor', { name: 'visits', kind: 'sql' }, { cwd: root });
  expect(readFileSync(config, 'utf8')).toMatch(/^ {2}"returns": \{source: \w+\} # by hand\n {2}visits:\n {4}source: \w+\n/m);
});

test('a config.yaml that is no YAML is refused where it is wrong', async () => {
  const text = readFileSync(config, 'utf8');
  writeFileSync(config, text.replace('version: 1', 'version: [1'));
  await expect(add('extractor', { name: 'carts', kind: 'sql' }, { cwd: root })).rejects.toMatchObject({ problems: [{ code: 'E_YAML_SYNTAX' }] });
});
