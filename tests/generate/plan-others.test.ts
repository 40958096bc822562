import { describe, expect, it } from 'vitest';
import { parse as readYaml } from 'yaml';
import { addTo, codeOf, startFiles } from './grown.ts';

const answers = { dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,channel', owner: 'ana' };
const pathsOf = (growth: ReturnType<typeof addTo>) => growth.plan.ops.map(({ path }) => path);

describe('a deployment', () => {
  it('is new lines of prefect.yaml, and no other byte changes', () => {
    const files = startFiles(answers);
    const before = `${files.get('prefect.yaml')?.replace('  - name: sales', "  - name: 'sales'   # ours")}`;
    files.set('prefect.yaml', before);
    const growth = addTo(files, 'deployment', { name: 'nightly', schedule: '0 3 * * mon-fri', timezone: 'europe/madrid', parameters: 'start=2026-01-01, end=2026-01-02' });
    const after = files.get('prefect.yaml') ?? '';
    expect(after.startsWith(before)).toBe(true);
    expect(readYaml(after)['deployments'][1]).toEqual({
      name: 'nightly',
      version: '0.1.0',
      tags: ['kpi', 'kpi:sales'],
      entrypoint: 'prefect_flows.sales_flow:sales_flow',
      parameters: { start: '2026-01-01', end: '2026-01-02' },
      schedules: [{ slug: 'main', cron: '0 3 * * mon-fri', timezone: 'Europe/Madrid' }],
      concurrency_limit: { limit: 1, collision_strategy: 'ENQUEUE' },
      work_pool: { name: 'kpi-pool', job_variables: { command: '{{ here.command }}', working_dir: '{{ here.root }}' } },
    });
    expect(pathsOf(growth)).toEqual(['prefect.yaml']);
  });

  it('keeps line ends and a byte order mark as they are', () => {
    const [files, plain] = [startFiles(answers), startFiles(answers)];
    const asOnWindows = (text = '') => `\ufeff${text.replaceAll('\n', '\r\n')}`;
    files.set('prefect.yaml', asOnWindows(files.get('prefect.yaml')));
    for (const each of [files, plain]) addTo(each, 'deployment', { name: 'nightly' });
    expect(files.get('prefect.yaml')).toBe(asOnWindows(plain.get('prefect.yaml')));
  });

  it('stands by its name among the later ones, so that two branches come to the same', () => {
    const [one, other] = [startFiles(answers), startFiles(answers)];
    for (const name of ['nightly', 'hourly', 'weekly']) addTo(one, 'deployment', { name });
    for (const name of ['weekly', 'nightly', 'hourly']) addTo(other, 'deployment', { name });
    expect(one).toEqual(other);
    expect(readYaml(one.get('prefect.yaml') ?? '')['deployments'].map(({ name }: { name: string }) => name)).toEqual(['sales', 'hourly', 'nightly', 'weekly']);
  });

  it.each([
    [{ name: 'Sales' }, 'E_DEPLOYMENT_EXISTS'],
    [{ name: 'x', flow: 'sale' }, 'E_FLOW_UNKNOWN'],
    [{ name: 'x', schedule: 'daily' }, 'E_ANSWER_REFUSED'],
    [{ name: 'x', schedule: '0 25 * * *' }, 'E_ANSWER_REFUSED'],
    [{ name: 'x', timezone: 'Europe/Madird' }, 'E_ANSWER_REFUSED'],
    [{ name: 'x', parameters: 'start' }, 'E_ANSWER_REFUSED'],
    [{ name: 'x', parameters: 'strat=2026-01-01' }, 'E_ANSWER_REFUSED'],
    [{ name: 'a/b' }, 'E_ANSWER_REFUSED'],
    [{}, 'E_ANSWERS_MISSING'],
  ] as const)('refuses %j', (given, code) => {
    expect(codeOf(() => addTo(startFiles(answers), 'deployment', given))).toBe(code);
  });

  it('says when prefect.yaml is gone or broken', () => {
    const files = startFiles(answers);
    files.set('prefect.yaml', 'deployments: [\n');
    expect(codeOf(() => addTo(files, 'deployment', { name: 'x' }))).toBe('E_YAML_SYNTAX');
    files.delete('prefect.yaml');
    expect(codeOf(() => addTo(files, 'deployment', { name: 'x' }))).toBe('E_FILE_MISSING');
  });
});

describe('a decision record', () => {
  it('has the next number, the date of the run and the language of the repository', () => {
    const files = startFiles({ ...answers, locale: 'es' });
    files.set('docs/adr/0041-by-hand.md', '# 41\n');
    expect(pathsOf(addTo(files, 'adr', { title: 'Año a año: «ventas» & _netas_' }))).toEqual(['docs/adr/0042-ano-a-ano-ventas-netas.md', '.kpi-flow/lock']);
    expect(files.get('docs/adr/0042-ano-a-ano-ventas-netas.md')).toMatch(/^# 42\. Año a año: «ventas» \\& \\_netas\\_\n\nEstado: propuesta\. Fecha: 2026-01-05\.\n/);
  });

  it.each([
    [{ title: 'Prefect orchestrates!' }, 'E_FILE_EXISTS'],
    [{ title: '???' }, 'E_ANSWER_REFUSED'],
    [{ title: 'two\nlines' }, 'E_ANSWER_REFUSED'],
    [{}, 'E_ANSWERS_MISSING'],
  ])('refuses %j', (given, code) => {
    expect(codeOf(() => addTo(startFiles(answers), 'adr', given))).toBe(code);
  });
});

describe('a notification', () => {
  it.each(['failed', 'crashed', 'late', 'missed', 'stale'])('%s is an automation as Prefect takes it, but for the name of its block', (kind) => {
    const files = startFiles(answers);
    expect(pathsOf(addTo(files, 'notification', { name: 'on-call', kind, channel: 'teams', block: 'on-call' })).slice(0, 3)).toEqual(['automations/on-call.yaml', 'prefect_flows/automations.py', '.kpi-flow/base/prefect_flows/automations.py.base']);
    const [automation] = readYaml(files.get('automations/on-call.yaml') ?? '')['automations'];
    expect(automation).toMatchObject({ name: 'sales: on-call', trigger: { type: 'event', posture: 'Reactive' }, actions: [{ type: 'send-notification', block_document_id: 'ms-teams-webhook/on-call' }] });
  });

  it('is there once', () => {
    const files = startFiles(answers);
    addTo(files, 'notification', { name: 'on-call', kind: 'failed' });
    expect(codeOf(() => addTo(files, 'notification', { name: 'on-call', kind: 'late' }))).toBe('E_FILE_EXISTS');
  });

  it('of data that is not fresh brings what looks at it, and says the lines, unless somebody wrote them', () => {
    const files = startFiles(answers);
    const { remarks } = addTo(files, 'notification', { name: 'sources', kind: 'stale' });
    expect(remarks[0]).toEqual({ kind: 'fresh', file: 'src/core/transformers/clean_records.py', lines: expect.arrayContaining(['from core.checks import checked, freshness']) });
    expect(files.get('prefect_flows/tasks.py')).toContain('checked_stage');
    const file = 'src/core/transformers/clean_records.py';
    files.set(file, `${files.get(file)}\n# freshness("occurred_at", days=2)\n`);
    expect(addTo(files, 'notification', { name: 'others', kind: 'stale' }).remarks.map(({ kind }) => kind)).toEqual(['next']);
  });

  it('brings what config.yaml lacks, written by hand, once', () => {
    const files = startFiles(answers);
    const byHand = (files.get('config/config.yaml') ?? '').replace('sources:\n', "sources:\n  pond:\n    kind: datalake\n    uri: '${POND_URI:-.data/lake}'\n");
    files.set('config/config.yaml', byHand);
    const paths = pathsOf(addTo(files, 'notification', { name: 'sources', kind: 'stale' }));
    expect(paths).toContain('src/core/lake.py');
    expect(paths).toEqual([...new Set(paths)]);
  });

  it.each([
    [{ name: 'on call', kind: 'failed' }, 'E_ANSWER_REFUSED'],
    [{ name: 'on-call', kind: 'failure' }, 'E_STAGE_KIND'],
    [{ name: 'on-call', kind: 'failed', channel: 'slak' }, 'E_ANSWER_CHOICE'],
    [{ name: 'on-call', kind: 'failed', block: 'https://hooks.slack.com/services/T/B/C' }, 'E_ANSWER_REFUSED'],
    [{ name: 'on-call' }, 'E_ANSWERS_MISSING'],
  ])('refuses %j', (given, code) => {
    expect(codeOf(() => addTo(startFiles(answers), 'notification', given))).toBe(code);
  });
});
