import { describe, expect, it } from 'vitest';
import { planRename } from '../../src/generate/plan-rename.ts';
import { planRemove } from '../../src/generate/plan-remove.ts';
import type { Files } from './grown.ts';
import { addTo, apply, problemOf, startFiles, stateOf } from './grown.ts';
import { ruffFaults } from './own-ruff.ts';

const answers = { dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day', owner: 'ana', target: 0.03, warning: 0.02 };
const start = startFiles(answers);

function withPipeline(name = 'weekly'): Files {
  const files = new Map(start);
  addTo(files, 'pipeline', { name });
  return files;
}

function rename(files: Files, name: string, next: string, editReferences = false) {
  const growth = planRename(name, next, stateOf(files), { force: false, editReferences });
  apply(files, growth.plan.ops);
  return growth;
}

describe('a pipeline that gets another name', () => {
  it('is what adding it under that name would have made, and gets its old one back', () => {
    const files = withPipeline();
    const before = new Map(files);
    const { remarks } = rename(files, 'weekly', 'each_week');
    expect(files).toEqual(withPipeline('each_week'));
    expect(remarks).toEqual([{ kind: 'next', step: 'deploy', command: 'prefect --no-prompt deploy --all' }]);
    rename(files, 'each_week', 'weekly');
    expect(files).toEqual(before);
  });

  it('leaves a stage alone that has the name of its flow', () => {
    const files = withPipeline();
    const text = 'from core.settings import settings\nfrom prefect_flows.weekly_flow import weekly_flow\n\nRUN = weekly_flow\nKEYS = settings().keys_of("weekly_flow")\n';
    files.set('tests/unit/test_mine.py', text);
    rename(files, 'weekly', 'each_week', true);
    expect(files.get('tests/unit/test_mine.py')).toBe('from core.settings import settings\nfrom prefect_flows.each_week_flow import each_week_flow\n\nRUN = each_week_flow\nKEYS = settings().keys_of("weekly_flow")\n');
  });

  it('leaves nothing for ruff, however long its name is, and can be removed', () => {
    const files = withPipeline();
    const name = 'a_pipeline_with_as_long_a_name_as_can_be';
    rename(files, 'weekly', name);
    expect(ruffFaults(new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/'))), () => true)).toEqual([]);
    apply(files, planRemove(name, stateOf(files)).plan.ops);
    expect(files).toEqual(start);
  });

  it('takes files along that somebody edited, which still count as edited', () => {
    const files = withPipeline();
    const path = 'prefect_flows/weekly_flow.py';
    files.set(path, `${files.get(path)}\n# weekly_flow is mine\n`);
    const { remarks } = rename(files, 'weekly', 'each_week');
    expect(files.has(path)).toBe(false);
    const moved = files.get('prefect_flows/each_week_flow.py') ?? '';
    expect(moved).toMatch(/from core\.pipelines\.each_week import each_week\n[^]*name="conversion-each-week"[^]*def each_week_flow\([^]*result = each_week\([^]*# weekly_flow is mine\n$/);
    const line = moved.split('\n').findIndex((each) => each.includes('is mine')) + 1;
    expect(remarks).toContainEqual({ kind: 'moved', file: 'prefect_flows/each_week_flow.py' });
    expect(remarks).toContainEqual({ kind: 'mentions', stage: 'weekly', places: [`prefect_flows/each_week_flow.py:${line}`] });
    expect(problemOf(() => planRemove('each_week', stateOf(files)))?.code).toBe('E_PIPELINE_EDITED');
  });

  it('that a file of somebody else calls is refused with every place, until they are asked for', () => {
    const files = withPipeline();
    files.set('prefect_flows/master.py', 'from prefect_flows.weekly_flow import weekly_flow\n\n\ndef all_of_them() -> None:\n    weekly_flow()\n');
    const before = new Map(files);
    expect(problemOf(() => rename(files, 'weekly', 'each_week'))).toMatchObject({ code: 'E_STAGE_REFERRED', args: { places: ['prefect_flows/master.py:1', 'prefect_flows/master.py:5'] } });
    expect(files).toEqual(before);
    rename(files, 'weekly', 'each_week', true);
    expect(files.get('prefect_flows/master.py')).toBe('from prefect_flows.each_week_flow import each_week_flow\n\n\ndef all_of_them() -> None:\n    each_week_flow()\n');
  });

  it('keeps every byte of prefect.yaml but its name and its entrypoint, and deployments that somebody named', () => {
    const files = withPipeline();
    addTo(files, 'deployment', { name: 'mine', flow: 'weekly' });
    const before = (files.get('prefect.yaml') ?? '').replaceAll('\n', '\r\n').replace('name: "weekly"', "name: 'weekly' # ours");
    files.set('prefect.yaml', before);
    rename(files, 'weekly', 'each_week');
    expect(files.get('prefect.yaml')).toBe(before.replace("'weekly'", "'each-week'").replaceAll('weekly_flow', 'each_week_flow'));
  });

  it.each([
    ['orders', 'E_STAGE_EXISTS'],
    ['class', 'E_ANSWER_REFUSED'],
    ['monthly', 'E_FILE_EXISTS'],
  ])('is refused the name %s: %s', (next, code) => {
    const files = withPipeline();
    addTo(files, 'pipeline', { name: 'monthly' });
    const before = new Map(files);
    expect(problemOf(() => rename(files, 'weekly', next))?.code).toBe(code);
    expect(files).toEqual(before);
  });
});
