import { describe, expect, it } from 'vitest';
import { planRemove } from '../../src/generate/plan-remove.ts';
import { addTo, apply, codeOf, grow, startFiles, stateOf } from './grown.ts';

const answers = { dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 };

describe('a further pipeline', () => {
  it('runs the stages that the KPI itself is made of, when nobody names others', () => {
    const files = startFiles(answers);
    addTo(files, 'pipeline', { name: 'weekly' });
    expect(files.get('src/core/pipelines/weekly.py')).toContain('    clean_orders = steps.clean_orders(orders)\n    clean_sessions = steps.clean_sessions(sessions)\n    conversion = steps.conversion(clean_orders, clean_sessions)\n    return steps.conversion_by_day(conversion)\n');
    expect(files.get('prefect_flows/weekly_flow.py')).toContain('    result = weekly(\n        orders=orders.result(),\n        sessions=sessions.result(),\n        steps=tasks,\n    )\n');
    expect(files.get('prefect.yaml')).toContain('entrypoint: prefect_flows.weekly_flow:weekly_flow');
  });

  it('takes a chain that waits, and the loader that keeps it', () => {
    const files = startFiles(answers);
    grow(files, 'extractor', { name: 'returns', kind: 'sql' });
    grow(files, 'transformer', { name: 'clean_returns', kind: 'cleaning', inputs: ['returns'] });
    grow(files, 'transformer', { name: 'returned', kind: 'aggregation', inputs: ['clean_returns'] });
    addTo(files, 'pipeline', { name: 'sent_back', inputs: 'returned' });
    expect(files.get('src/core/pipelines/sent_back.py')).toContain('    clean_returns = steps.clean_returns(returns)\n    return steps.returned(clean_returns)\n');
    const before = files.get('prefect_flows/conversion_flow.py');
    const { remarks } = addTo(files, 'loader', { name: 'returned_kept', kind: 'sql', inputs: 'returned' });
    expect(remarks).toContainEqual({ kind: 'joined', stages: ['returned_kept'], file: 'prefect_flows/sent_back_flow.py' });
    expect(files.get('prefect_flows/sent_back_flow.py')).toContain('    tasks.returned_kept(result)\n');
    expect(files.get('prefect_flows/conversion_flow.py')).toBe(before);
  });

  it('gives a loader that it runs back to remove', () => {
    const files = startFiles(answers);
    grow(files, 'transformer', { name: 'by_channel', kind: 'aggregation', inputs: ['conversion'] });
    addTo(files, 'pipeline', { name: 'channels', inputs: 'by_channel' });
    const before = new Map(files);
    addTo(files, 'loader', { name: 'channels_kept', kind: 'sql', inputs: 'by_channel' });
    const { plan, remarks } = planRemove('channels_kept', stateOf(files));
    apply(files, plan.ops);
    expect(remarks).toEqual([{ kind: 'parted', stages: ['channels_kept'], file: 'prefect_flows/channels_flow.py' }]);
    expect(files).toEqual(before);
  });

  it('calls the loaders that are named with it', () => {
    const files = startFiles(answers);
    grow(files, 'loader', { name: 'copy_kept', kind: 'datalake' });
    addTo(files, 'pipeline', { name: 'copying', inputs: 'conversion_by_day,copy_kept' });
    expect(files.get('prefect_flows/copying_flow.py')).toContain('    tasks.copy_kept(result)\n');
  });

  it('leaves a loader that two flows could run to a person, unless the flow is named', () => {
    const files = startFiles(answers);
    addTo(files, 'pipeline', { name: 'weekly' });
    const flow = files.get('prefect_flows/weekly_flow.py');
    const unclear = addTo(new Map(files), 'loader', { name: 'copy_kept', kind: 'sql', inputs: 'conversion_by_day' });
    expect(unclear.remarks).toContainEqual({ kind: 'paste', file: 'prefect_flows/conversion_flow.py', lines: ['    tasks.copy_kept(conversion_by_day)'] });
    const clear = addTo(files, 'loader', { name: 'copy_kept', kind: 'sql', inputs: 'conversion_by_day', flow: 'weekly' });
    expect(clear.remarks).toContainEqual({ kind: 'joined', stages: ['copy_kept'], file: 'prefect_flows/weekly_flow.py' });
    expect(files.get('prefect_flows/weekly_flow.py')).not.toBe(flow);
  });

  it('gives a loader to no flow that runs no stages', () => {
    const files = startFiles(answers);
    const asking = (flow: string) => codeOf(() => addTo(new Map(files), 'loader', { name: 'copy_kept', kind: 'sql', inputs: 'conversion_by_day', flow }));
    expect(asking('backfill')).toBe('E_FLOW_UNKNOWN');
    expect(asking('conversion')).toBeUndefined();
  });

  it.each([
    [{ name: 'orders' }, 'E_STAGE_EXISTS'],
    [{ name: 'conversion' }, 'E_STAGE_EXISTS'],
    [{ name: 'Weekly' }, 'E_ANSWER_REFUSED'],
    [{ name: 'weekly', inputs: 'nothing' }, 'E_INPUT_UNKNOWN'],
    [{ name: 'weekly', inputs: 'orders' }, 'E_INPUT_UNKNOWN'],
    [{ name: 'weekly', inputs: 'clean_orders,clean_sessions' }, 'E_ANSWER_REFUSED'],
    [{ name: 'weekly', inputs: 'clean_orders,conversion_daily' }, 'E_ANSWER_REFUSED'],
    [{ name: 'weekly', inputs: 'clean_orders,publish_conversion' }, 'E_ANSWER_REFUSED'],
    [{ name: 'weekly', schedule: 'daily' }, 'E_ANSWER_REFUSED'],
    [{}, 'E_ANSWERS_MISSING'],
  ] as const)('refuses %j', (given, code) => {
    expect(codeOf(() => addTo(startFiles(answers), 'pipeline', given))).toBe(code);
  });

  it('goes as a whole, and the repository is as it was before', () => {
    const files = startFiles(answers);
    const before = new Map(files);
    addTo(files, 'pipeline', { name: 'weekly', schedule: '0 7 * * 1' });
    addTo(files, 'deployment', { name: 'other', flow: 'weekly' });
    apply(files, planRemove('weekly', stateOf(files)).plan.ops);
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(before));
  });

  it('stays as a whole when somebody edited a part of it', () => {
    const files = startFiles(answers);
    addTo(files, 'pipeline', { name: 'weekly' });
    files.set('prefect_flows/weekly_flow.py', `${files.get('prefect_flows/weekly_flow.py')}# mine\n`);
    expect(() => planRemove('weekly', stateOf(files))).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ code: 'E_PIPELINE_EDITED', args: { name: 'weekly', paths: ['prefect_flows/weekly_flow.py'] } })] }));
  });

  it.each([
    ['a comment in its deployment', (text: string) => text.replace(/(weekly_flow:weekly_flow)$/m, '$1  # ours')],
    ['another tag in it', (text: string) => text.replace(/^(.*)$(?=\n.*weekly_flow:)/m, '    tags: ["kpi", "ours"]')],
    ['a deployment of the flow written by hand', (text: string) => `${text}  - name: mine\n    entrypoint: prefect_flows.weekly_flow:weekly_flow\n`],
  ])('stays as a whole for %s', (_, edit) => {
    const files = startFiles(answers);
    addTo(files, 'pipeline', { name: 'weekly' });
    const before = files.get('prefect.yaml') ?? '';
    files.set('prefect.yaml', edit(before));
    expect(files.get('prefect.yaml')).not.toBe(before);
    expect(() => planRemove('weekly', stateOf(files))).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ code: 'E_PIPELINE_EDITED', args: { name: 'weekly', paths: ['prefect.yaml'] } })] }));
  });

  it('goes with deployments of every form, on Windows too', () => {
    const files = startFiles({ ...answers, locale: 'es' });
    files.set('prefect.yaml', `${files.get('prefect.yaml')}`.replaceAll('\n', '\r\n'));
    const before = new Map(files);
    addTo(files, 'pipeline', { name: 'weekly', schedule: '0 7 * * 1' });
    addTo(files, 'deployment', { name: 'other', flow: 'weekly', schedule: 'none', pool: 'no', parameters: 'start=2026-01-05,end=null' });
    addTo(files, 'deployment', { name: '1e3', flow: 'weekly', schedule: '0 3 1 * mon-fri', timezone: 'Europe/Madrid' });
    apply(files, planRemove('weekly', stateOf(files)).plan.ops);
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(before));
  });

  it('stays while other code needs it', () => {
    const files = startFiles(answers);
    addTo(files, 'pipeline', { name: 'weekly' });
    files.set('tests/conftest.py', `${files.get('tests/conftest.py')}\nfrom core.pipelines.weekly import weekly\n`);
    expect(codeOf(() => planRemove('weekly', stateOf(files)))).toBe('E_STAGE_USED');
  });
});
