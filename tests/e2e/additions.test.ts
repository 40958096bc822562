import { describe, it } from 'vitest';
import type { Files } from '../generate/grown.ts';
import { addTo, grow, startFiles } from '../generate/grown.ts';
import { expectOwnChecksToPass } from './own-checks.ts';

const base = { dir: 'kpi', name: 'Índice', id: 'on_time', grain: 'day,channel', owner: 'ana', target: 0.5, warning: 0.4 };
const long = 'net_of_returns_with_a_rather_long_name_x';
const longest = 'transformed_and_with_a_rather_long_namex';
const repositories = {
  'a ratio in a database': { ...base, type: 'ratio', inputs: 'orders,sessions', locale: 'es' },
  'a conversion in a lake, by the hour': { ...base, id: 'rather_long_name_of_a_kpi_that_is_used_u', type: 'conversion', inputs: 'orders,sessions', grain: 'hour', source: 'datalake', locale: 'en' },
};

/** Pipelines over what is there, what waits and what has names as long as they may be, with what follows each. */
function growAll(files: Files): void {
  addTo(files, 'pipeline', { name: 'again' });
  grow(files, 'extractor', { name: long, kind: 'sql' });
  grow(files, 'transformer', { name: 'clean_returns', kind: 'cleaning', inputs: [long] });
  grow(files, 'transformer', { name: longest, kind: 'calculation', inputs: ['clean_orders', 'clean_returns'] });
  grow(files, 'transformer', { name: 'net_by_period', kind: 'aggregation', inputs: [longest] });
  addTo(files, 'pipeline', { name: 'pipeline_with_a_long_name_xxxx', inputs: 'net_by_period', schedule: '0 7 * * 1' });
  addTo(files, 'loader', { name: 'net_kept', kind: 'sql', inputs: 'net_by_period' });
  addTo(files, 'deployment', { name: 'back-fill', flow: 'pipeline_with_a_long_name_xxxx', schedule: '30 2 1 * *', timezone: 'Europe/Madrid', parameters: 'start=2026-01-05,end=2026-01-06' });
  addTo(files, 'adr', { title: '¿Por qué «neto»? *Razones*' });
  for (const kind of ['failed', 'late', 'missed', 'stale']) addTo(files, 'notification', { name: `on-call-${kind}`, kind });
}

describe.each(Object.entries(repositories))('%s with more pipelines, deployments, notifications and records', (_, answers) => {
  it('passes its own ruff, pyright, pytest and a run in Prefect', async () => {
    const files = startFiles(answers);
    growAll(files);
    await expectOwnChecksToPass(files);
  }, 900_000);
});
