import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startFiles } from '../generate/grown.ts';
import { packages } from './own-checks.ts';
import { useRepository } from './use-repository.ts';

const answers = { dir: 'kpi', name: 'Sales', type: 'ratio', grain: 'day', owner: 'ana', target: 0.5 };

/** The key under which a result of each stage is kept for the same days. */
const keys = `
import json
from prefect_flows import tasks

def key(task, day):
    return task.cache_policy.compute_key(task_ctx=None, inputs={"start": day}, flow_parameters={})

print(json.dumps([key(tasks.numerator, 1), key(tasks.numerator, 2), key(tasks.denominator, 1)]))
`;

function cached(id: string): Map<string, string> {
  const files = new Map(startFiles({ ...answers, id }));
  return files.set('config/config.yaml', (files.get('config/config.yaml') ?? '').replaceAll(/^( {2}(?:numerator|denominator):\n)/gm, '$1    cache: inputs\n'));
}

const sales = useRepository(() => cached('sales'), packages);
const returns = useRepository(() => cached('returns'), packages);

it('a kept result is that of one KPI, one stage, its code, its query and what it was given', async () => {
  const keysOf = (repository: typeof sales) => repository.json<string[]>(['-c', keys]);
  const first = await keysOf(sales);
  expect(await keysOf(sales)).toEqual(first);
  const all = new Set([...first, ...(await keysOf(returns))]);
  await appendFile(join(sales.root, 'src/core/extractors/numerator.sql'), '\n-- only what is paid\n');
  all.add((await keysOf(sales))[0] ?? '');
  await appendFile(join(sales.root, 'src/core/extractors/numerator.py'), '\nLIMIT = 3\n');
  all.add((await keysOf(sales))[0] ?? '');
  expect(all.size).toBe(8);
});
