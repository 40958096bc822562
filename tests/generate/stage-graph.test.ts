import { describe, expect, it } from 'vitest';
import type { Files } from './grown.ts';
import { grow, startFiles } from './grown.ts';

const answers = { dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 };

/** Another analysis beside the KPI, whose last step nobody keeps yet. */
function grown(locale: 'en' | 'es'): Files {
  const files = startFiles({ ...answers, locale });
  grow(files, 'extractor', { name: 'returns', kind: 'datalake', source: 'archive' });
  grow(files, 'transformer', { name: 'clean_returns', kind: 'cleaning', inputs: ['returns'] });
  grow(files, 'transformer', { name: 'net', kind: 'calculation', inputs: ['clean_orders', 'clean_returns'] });
  grow(files, 'loader', { name: 'copy_daily', kind: 'sql', inputs: ['by_day'] });
  return files;
}

describe('the card of a repository', () => {
  it.each(['en', 'es'] as const)('has a row for every stage, in %s', (locale) => {
    const card = grown(locale).get('docs/kpi.md') ?? '';
    const rows = [...card.matchAll(/^\| `(\w+)` \| .* \| (.*) \| `(.*)` \|$/gm)].map(([, ...cells]) => cells);
    expect(rows).toEqual([
      ['orders', '–', 'src/core/extractors/orders.py'],
      ['sessions', '–', 'src/core/extractors/sessions.py'],
      ['returns', '–', 'src/core/extractors/returns.py'],
      ['clean_orders', '`orders`', 'src/core/transformers/clean_orders.py'],
      ['clean_sessions', '`sessions`', 'src/core/transformers/clean_sessions.py'],
      ['conversion', '`clean_orders`, `clean_sessions`', 'src/core/transformers/conversion.py'],
      ['conversion_by_day', '`conversion`', 'src/core/transformers/conversion_by_day.py'],
      ['clean_returns', '`returns`', 'src/core/transformers/clean_returns.py'],
      ['net', '`clean_orders`, `clean_returns`', 'src/core/transformers/net.py'],
      ['conversion_daily', '`conversion_by_day`', 'src/core/loaders/conversion_daily.py'],
      ['publish_conversion', '`conversion_by_day`', 'prefect_flows/artifacts/publish_conversion.py'],
      ['copy_daily', '`conversion_by_day`', 'src/core/loaders/copy_daily.py'],
    ]);
    expect(card).toContain(locale === 'es' ? 'lee de `archive` (datalake)' : 'reads from `archive` (datalake)');
  });

  it('draws what was added with its edges, and dashed what waits', () => {
    const files = grown('en');
    const card = files.get('docs/kpi.md') ?? '';
    for (const line of ['from_archive --> s_returns', 's_clean_returns --> s_net', 's_clean_orders --> s_net', 's_conversion_by_day --> s_copy_daily', 's_copy_daily --> to_warehouse']) expect(card).toContain(`    ${line}\n`);
    const dashed = () => [...(files.get('docs/kpi.md') ?? '').matchAll(/class s_(\w+) waits/g)].map(([, name]) => name);
    expect(dashed()).toEqual(['returns', 'clean_returns', 'net']);
    grow(files, 'loader', { name: 'net_kept', kind: 'sql', inputs: ['net'], options: { keys: 'occurred_at' } });
    expect(dashed()).toEqual([]);
    expect(files.get('docs/kpi.md')).not.toContain('dashed');
  });
});
