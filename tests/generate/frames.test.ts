import { expect, test } from 'vitest';
import { grow, startFiles, stateOf } from './grown.ts';

const answers = { dir: 'kpi', name: 'Stock', id: 'stock', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', target: 10, warning: 9, locale: 'en' };

test.each([['pandas', 'pd.DataFrame'], ['polars', 'pl.DataFrame']] as const)('what is added to a repository of %s works with it too', (frames, type) => {
  const files = startFiles({ ...answers, frames });
  grow(files, 'extractor', { name: 'visits', kind: 'datalake', source: 'pond', options: { store: 'gcs' } });
  grow(files, 'transformer', { name: 'clean_visits', kind: 'cleaning', inputs: ['visits'] });
  grow(files, 'loader', { name: 'kept', kind: 'api', inputs: ['clean_visits'], source: 'shop' });
  expect(stateOf(files).settings.frames).toBe(frames);
  for (const path of ['extractors/visits', 'transformers/clean_visits', 'loaders/kept', 'lake', 'api_load']) expect(files.get(`src/core/${path}.py`), path).toContain(type);
  expect(files.has('src/core/lake_files.py')).toBe(frames === 'pandas');
  expect(files.get('pyproject.toml')?.includes('gcsfs')).toBe(frames === 'pandas');
});
