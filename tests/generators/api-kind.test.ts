import { describe, expect, it } from 'vitest';
import { stages } from '../../generators/index.ts';
import { ruffFaults } from '../generate/own-ruff.ts';
import { grow, startFiles } from '../generate/grown.ts';

const answers = { dir: 'kpi', name: 'Índice', id: 'on_time', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.5, warning: 0.4 };
const options = stages.extractor.kinds.find(({ value }) => value === 'api')?.options ?? [];
const choicesOf = (key: string): string[] => options.find((each) => each.key === key)?.choices?.map(({ value }) => value) ?? [];

describe.each(['en', 'es'])('an API in a repository in %s', (locale) => {
  it('leaves nothing for ruff, whatever lets in and however pages come', () => {
    const files = startFiles({ ...answers, locale });
    for (const auth of choicesOf('auth')) grow(files, 'extractor', { name: `with_${auth}`, kind: 'api', source: `shop_${auth}`, options: { auth } });
    for (const paginator of choicesOf('paginator')) grow(files, 'extractor', { name: `by_${paginator}`, kind: 'api', source: 'shop_bearer', options: { paginator } });
    const own = new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/')));
    expect(ruffFaults(own, () => true)).toEqual([]);
  });

  it('names the variables of its secrets, and asks for the libraries that read it', () => {
    const files = startFiles({ ...answers, locale });
    grow(files, 'extractor', { name: 'tickets', kind: 'api', source: 'shop', options: { auth: 'http_basic' } });
    expect(files.get('config/config.yaml')).toContain('  shop:\n    kind: api\n    url: "${SHOP_URL:-sample://}"\n    auth: http_basic\n');
    for (const name of ['SHOP_URL', 'SHOP_USERNAME', 'SHOP_PASSWORD']) expect(files.get('.env.example')).toContain(`# ${name}=''`);
    expect(files.get('pyproject.toml')).toMatch(/"httpx2>=[\d.]+",\n[^]*"stamina>=[\d.]+",/);
    expect([...files.keys()].filter((path) => /^src\/core\/[a-z_]+\.py$/.test(path))).toEqual(expect.arrayContaining(['src/core/api.py', 'src/core/api_auth.py', 'src/core/contract.py', 'src/core/paginators.py']));
  });
});
