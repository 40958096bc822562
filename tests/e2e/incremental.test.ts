import { describe, expect, it } from 'vitest';
import type { Files } from '../generate/grown.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import { useRealServer } from '../runtime/api/real-server.ts';
import { frames } from './frames.ts';
import { expectOwnChecksToPass, packages } from './own-checks.ts';
import { useRepository } from './use-repository.ts';

const answers = { dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', target: 100, warning: 95, frames };

/** A chain that begins with an extractor that goes on where the last run left off. */
function chainIn(locale: string, more: object = {}): Files {
  const files = startFiles({ ...answers, locale });
  addTo(files, 'extractor', { name: 'refunds', kind: 'sql', cursor: 'updated_at', initial: '2026-01-05', lag: '2', ...more });
  addTo(files, 'transformer', { name: 'clean_refunds', kind: 'cleaning', inputs: 'refunds' });
  addTo(files, 'transformer', { name: 'refunds_by_day', kind: 'aggregation', inputs: 'clean_refunds' });
  addTo(files, 'loader', { name: 'refunds_daily', kind: 'sql', inputs: 'refunds_by_day' });
  return files;
}

it('an extractor that goes on where the last run left off passes the repository’s own ruff, pyright and unit tests', async () => {
  await expectOwnChecksToPass(chainIn('es', { contract: 'freeze' }), ['tests/unit']);
}, 900_000);

describe('runs that read what is new', () => {
  const server = useRealServer({}, packages);
  const repository = useRepository(() => [...chainIn('en')].map(([path, text]) => [path, path === 'config/config.yaml' ? text.replace('retries: 3', 'retries: 0') : text] as const), packages);

  it('begin at the initial day until one completes, then where that one began, less the lag', { timeout: 600_000 }, async () => {
    const { today, runs } = await repository.json<{ today: string; runs: Record<string, readonly [state: string, windows: readonly (readonly [string, string])[]]> }>(['incremental_runs.py'], server.prefect.env);
    const day = (shift: number): string => new Date(Date.parse(`${today}T00:00:00Z`) + shift * 86_400_000).toISOString().slice(0, 10);
    expect(runs).toEqual({
      'the first one, which fails to load': ['FAILED', [['2026-01-05', day(1)]]],
      'a backfill': ['COMPLETED', [['2026-02-01', '2026-02-03']]],
      'the next one': ['COMPLETED', [['2026-01-05', day(1)]]],
      'one after a run that completed': ['COMPLETED', [[day(-2), day(1)]]],
      'one of another flow': ['COMPLETED', [['2026-01-05', day(1)]]],
    });
  });
});
