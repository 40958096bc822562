import { describe, it } from 'vitest';
import type { Files } from '../generate/grown.ts';
import { grow, startFiles } from '../generate/grown.ts';
import { frames } from './frames.ts';
import { expectOwnChecksToPass } from './own-checks.ts';

const base = { dir: 'kpi', name: 'Índice', id: 'on_time', grain: 'day,channel', owner: 'ana', target: 0.5, warning: 0.4, frames };
const repositories = {
  'a ratio in a database': { ...base, type: 'ratio', inputs: 'orders,sessions', locale: 'es' },
  'a conversion in a lake, by the hour': { ...base, type: 'conversion', inputs: 'orders,sessions', grain: 'hour', source: 'datalake', locale: 'en' },
};

/** One of each kind on top of the other, joined and waiting, with names as long as they may be. */
function growAll(files: Files): void {
  const long = 'net_of_returns_with_a_rather_long_name_xx';
  grow(files, 'extractor', { name: 'returns', kind: 'sql' });
  grow(files, 'extractor', { name: 'tickets', kind: 'api', source: 'shop', options: { auth: 'oauth2_client_credentials', paginator: 'offset' } });
  grow(files, 'extractor', { name: 'waiting_one', kind: 'datalake', source: 'archive' });
  grow(files, 'transformer', { name: 'clean_returns', kind: 'cleaning', inputs: ['returns'] });
  grow(files, 'transformer', { name: long, kind: 'calculation', inputs: ['clean_orders', 'clean_returns'] });
  grow(files, 'transformer', { name: 'net_by_period', kind: 'aggregation', inputs: [long] });
  grow(files, 'transformer', { name: 'net_again', kind: 'aggregation', inputs: ['net_by_period'] });
  grow(files, 'transformer', { name: 'other_calc', kind: 'calculation', inputs: ['net_again', 'returns'] });
  grow(files, 'loader', { name: 'net_kept', kind: 'sql', inputs: ['other_calc'] });
  grow(files, 'loader', { name: 'copy_kept', kind: 'datalake' });
  grow(files, 'loader', { name: 'copy_merged', kind: 'sql', inputs: ['net_by_period'] });
}

describe.each(Object.entries(repositories))('%s that grew', (_, answers) => {
  it('passes its own ruff, pyright, pytest and a run in Prefect', async () => {
    const files = startFiles(answers);
    growAll(files);
    await expectOwnChecksToPass(files);
  }, 900_000);
});
