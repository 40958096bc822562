import { describe, expect, it } from 'vitest';
import { stages } from '../../generators/index.ts';
import { ruffFaults } from '../generate/own-ruff.ts';
import { grow, startFiles } from '../generate/grown.ts';

const answers = { dir: 'kpi', name: 'Índice', id: 'on_time', inputs: 'orders,sessions', grain: `day,channel,${'a'.repeat(63)}`, owner: 'ana', target: 0.5, warning: 0.4 };
const auths = stages.extractor.kinds.find(({ value }) => value === 'sap')?.options?.find(({ key }) => key === 'auth')?.choices ?? [];

describe.each(['en', 'es'])('SAP in a repository in %s', (locale) => {
  it.each(['ratio', 'conversion'])('leaves nothing for ruff in a KPI of type %s, whatever lets in and however long names are', (type) => {
    const files = startFiles({ ...answers, type, locale });
    for (const { value } of auths) grow(files, 'extractor', { name: `with_${value}`, kind: 'sap', source: `erp_${value}`, options: { auth: value } });
    grow(files, 'extractor', { name: 'a'.repeat(40), kind: 'sap', source: 'erp_bearer' });
    grow(files, 'extractor', { name: 'b'.repeat(40), kind: 'sap', source: 'erp_bearer', options: { read: 'delta' } });
    const own = new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/')));
    expect(ruffFaults(own, () => true)).toEqual([]);
  });

  it('says client and language in config.yaml, and names its variables', () => {
    const files = startFiles({ ...answers, type: 'ratio', locale });
    grow(files, 'extractor', { name: 'deliveries', kind: 'sap', source: 'erp', options: { auth: 'http_basic', client: '001', language: 'EN' } });
    expect(files.get('config/config.yaml')).toContain('  erp:\n    kind: sap\n    url: "${ERP_URL:-sample://}"\n    auth: http_basic\n    client: "001"\n    language: EN\n');
    for (const name of ['ERP_URL', 'ERP_USERNAME', 'ERP_PASSWORD']) expect(files.get('.env.example')).toContain(`# ${name}=''`);
    expect(files.get('src/core/extractors/deliveries.py')).toContain('ENTITY_SET = "Deliveries"');
    expect([...files.keys()]).toEqual(expect.arrayContaining(['api_auth', 'contract', 'http_client', 'odata', 'sap'].map((name) => `src/core/${name}.py`)));
  });
});
