import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { viewStageKinds } from '../../src/generate/kinds-view.ts';
import { viewKinds } from '../../src/generate/project-view.ts';
import { hasTemplate, render } from '../../src/generate/render.ts';

/**
 * config.yaml has two readers: ours, and the settings module of a generated repository. What one accepts and
 * the other refuses is found by whom it hurts most, in production; so both read the same files here.
 */
const fixtures = join(import.meta.dirname, '../fixtures/config');
const filesOf = (folder: string) => readdirSync(join(fixtures, folder)).filter((file) => file.endsWith('.yaml'));

/** What the settings module needs to be imported. */
const packages = ['pydantic', 'python-dotenv', 'ruamel.yaml'];
const modules = ['__init__', 'fields', 'sources', 'settings', 'strict_yaml', 'variables'];

const script = `
import json, sys
from pathlib import Path
from core.settings import read
from core.variables import SettingsError

found = {}
for name in json.load(sys.stdin):
    try:
        read(Path(name))
        found[name] = None
    except SettingsError as error:
        found[name] = str(error)
    except Exception as error:  # a crash is no refusal
        found[name] = f"CRASH {type(error).__name__}"
print(json.dumps(found))
`;

let folder = '';
let said: Readonly<Record<string, string | null>> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-parity-'));
  for (const name of modules) await writeModule(`src/core/${name}.py`);
  const { python } = await sharedEnvironment(packages, '.cache');
  const input = JSON.stringify([...filesOf('accepted'), ...filesOf('refused')].map(pathOf));
  const env = { PYTHONPATH: join(folder, 'src'), PYTHONUTF8: '1' };
  const { stdout } = await execa(python, ['-c', script], { input, env, cwd: folder });
  said = JSON.parse(stdout) as typeof said;
}, 300_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function writeModule(path: string): Promise<void> {
  const template = `python/${path}`;
  const text = path.endsWith('__init__.py') ? '__kpi__ = "parity"\n' : render(template, { locale: 'en', kpi: { id: 'parity' }, kinds: viewStageKinds(), ...viewKinds([{ kind: 'sql' }, { kind: 'datalake' }, { kind: 'api' }, { kind: 'sap' }]) });
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

function pathOf(file: string): string {
  return join(fixtures, filesOf('accepted').includes(file) ? 'accepted' : 'refused', file);
}

/** Limits that only protect our own process. */
function isOurs(file: string): boolean {
  return readFileSync(join(fixtures, 'refused', file)).includes('by us alone');
}

describe('the settings module of a generated repository', () => {
  it('is there', () => {
    expect(modules.slice(1).filter((name) => !hasTemplate(`python/src/core/${name}.py`))).toEqual([]);
  });

  it.each(filesOf('accepted'))('accepts %s', (file) => {
    expect(said[pathOf(file)]).toBeNull();
  });

  it.each(filesOf('refused').filter((file) => !isOurs(file)))('refuses %s, with a line and without a secret', (file) => {
    expect(said[pathOf(file)]).toMatch(/\w+\/[\w-]+\.yaml(?::\d+)?: /);
    expect(said[pathOf(file)]).not.toContain('hunter2');
  });
});
