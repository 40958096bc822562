import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { lakeStores } from '../../src/config/lake-stores.ts';
import type { Files } from './grown.ts';
import { addTo, startFiles } from './grown.ts';

const start = (language: string, store: string, more: Readonly<Record<string, string>> = {}): Files => startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day', owner: 'ana', inputs: 'orders', source: 'datalake', language, store, ...more });
const changed = (before: Files, after: Files): string[] => [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));

describe.each(['python', 'typescript'].flatMap((language) => Object.entries(lakeStores).map(([store, { keys }]) => ({ language, store, keys }))))('a new lake in $store, in $language,', ({ language, store, keys }) => {
  test('has its keys in config.yaml, each a variable that .env.example names', () => {
    const files = start(language, store);
    const { config } = parseConfig(files.get('config/config.yaml') ?? '', 'config/config.yaml');
    expect(config.sources['lake']).toEqual({ kind: 'datalake', uri: '${LAKE_URI:-.data/lake}', ...Object.fromEntries(Object.entries(keys).map(([key, end]) => [key, `\${LAKE_${end.toUpperCase()}:-}`])) });
    for (const end of Object.values(keys)) expect(files.get('.env.example')).toContain(`# LAKE_${end.toUpperCase()}=''\n`);
  });

  test('is what another stage of it stands on: only its own files come, and its names', () => {
    const files = start(language, store);
    const before = new Map(files);
    addTo(files, 'extractor', { name: 'returns', kind: 'datalake' });
    expect(changed(before, files).filter((path) => /^(?:package\.json|pyproject\.toml|\.env\.example|src\/core\/[\w.-]+)$/.test(path))).toEqual([]);
  });

  test.each(['parquet', 'csv', 'json'])('is grown by each file once, %s in batches too', (format) => {
    const { plan } = addTo(startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day', owner: 'ana', inputs: 'orders', language }), 'extractor', { name: 'returns', kind: 'datalake', source: 'lake', store, format, batch_rows: '1000' });
    const paths = plan.ops.map(({ path }) => path);
    expect(paths.toSorted()).toEqual([...new Set(paths)].toSorted());
  });

  test('is the same repository but for that in a folder', () => {
    const places = changed(start(language, 'folder'), start(language, store)).filter((path) => !path.startsWith('.kpi-flow/'));
    const own = ['.env.example', 'config/config.yaml', 'docs/operations.md'];
    expect(places.toSorted()).toEqual(language === 'python' ? own : [...own, 'package.json', 'src/core/databases.ts', `src/core/lake-${store}.ts`]);
  });
});

test('pandas reaches Google Cloud by a package of its own', () => {
  expect(start('python', 'gcs', { frames: 'pandas' }).get('pyproject.toml')).toContain('"gcsfs>=');
  expect(start('python', 'gcs').get('pyproject.toml')).not.toContain('gcsfs');
});
