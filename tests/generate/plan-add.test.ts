import { beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors/failure.ts';
import { planGenerated } from '../../src/generate/plan-generated.ts';
import { viewConfig } from '../../src/generate/config-view.ts';
import type { Files } from './grown.ts';
import { addTo, apply, grow, startFiles, stateOf } from './grown.ts';

const answers = { dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 };
const flowPath = 'prefect_flows/conversion_flow.py';
let files: Files;

beforeEach(() => {
  files = startFiles(answers);
});

const added = (before: Files, path: string) => {
  const old = new Set(before.get(path)?.split('\n'));
  return files.get(path)?.split('\n').filter((line) => !old.has(line)) ?? [];
};

describe('what is generated', () => {
  it('is what create wrote, for an untouched repository', () => {
    const state = stateOf(files);
    expect(planGenerated(state, viewConfig(state.config, state.settings), false)).toEqual([]);
  });
});

describe('an extractor', () => {
  it('comes with its query, its test, its config and its task, and waits', () => {
    const before = new Map(files);
    const { plan, remarks } = grow(files, 'extractor', { name: 'returns', kind: 'sql' });
    expect(plan.ops.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual([
      'create src/core/extractors/returns.py',
      'create src/core/extractors/returns.sql',
      'create tests/unit/test_returns.py',
      'modify .kpi-flow/lock',
      'modify config/config.yaml',
      'modify docs/kpi.md',
      'modify prefect_flows/tasks.py',
      'modify src/core/extractors/__init__.py',
    ]);
    expect(remarks).toEqual([{ kind: 'waits', stage: 'returns', group: 'extractors' }, { kind: 'variable', name: 'WAREHOUSE_URL', source: 'warehouse', isNew: false, form: 'sqlite:///folder/file.sqlite' }]);
    expect(added(before, 'config/config.yaml')).toEqual(['  returns:']);
    expect(files.get(flowPath)).toBe(before.get(flowPath));
  });

  it('of a first lake brings the source, its variable and its module', () => {
    const before = new Map(files);
    grow(files, 'extractor', { name: 'returns', kind: 'datalake', source: 'archive' });
    expect(files.get('config/config.yaml')).toContain('  archive:\n    kind: datalake\n    uri: "${ARCHIVE_URI:-.data/lake}"\n');
    expect(added(before, '.env.example')).toEqual(['# address of the source archive: s3://bucket/folder', "# ARCHIVE_URI=''"]);
    expect(files.get('src/core/lake.py')).toBe(files.get('.kpi-flow/base/src/core/lake.py.base'));
    expect(files.get('tests/unit/test_returns.py')).toContain('ARCHIVE_URI');
  });

  it('that needs packages says how they are installed, the way this repository does it', () => {
    const installs = (into: Files, name: string) => addTo(into, 'extractor', { name, kind: 'api' }).remarks.flatMap((remark) => (remark.kind === 'next' ? [[remark.step, remark.command]] : []));
    const withUv = new Map([...files, ['uv.lock', 'version = 1\n']]);
    expect(installs(files, 'returns')).toEqual([['install', '.venv/bin/python -m pip install --editable . --group dev']]);
    expect(installs(withUv, 'returns')).toEqual([['install', 'uv sync']]);
    // A second one needs nothing new.
    expect(installs(files, 'refunds')).toEqual([]);
  });

  it('is refused with a taken name, a source of another kind, a file in the way', () => {
    const code = (work: () => unknown): string | undefined => {
      try {
        work();
        return undefined;
      } catch (error) {
        return error instanceof Failure ? error.problems[0]?.code : String(error);
      }
    };
    expect(code(() => grow(files, 'extractor', { name: 'clean_orders', kind: 'sql' }))).toBe('E_STAGE_EXISTS');
    expect(code(() => grow(files, 'extractor', { name: 'settings', kind: 'sql' }))).toBe('E_STAGE_EXISTS');
    expect(code(() => grow(files, 'extractor', { name: 'returns', kind: 'datalake', source: 'warehouse' }))).toBe('E_SOURCE_KIND');
    expect(code(() => grow(files, 'transformer', { name: 'net', kind: 'calculation', inputs: ['order'] }))).toBe('E_INPUT_UNKNOWN');
    expect(code(() => grow(files, 'transformer', { name: 'net', kind: 'calculation' }))).toBe('E_INPUT_COUNT');
    files.set('src/core/extractors/returns.py', '# mine\n');
    expect(code(() => grow(files, 'extractor', { name: 'returns', kind: 'sql' }))).toBe('E_FILE_EXISTS');
    files.set('prefect_flows/tasks.py', `${files.get('prefect_flows/tasks.py')}# mine\n`);
    expect(code(() => grow(files, 'extractor', { name: 'refunds', kind: 'sql' }))).toBe('E_GENERATED_EDITED');
  });
});

describe('a chain', () => {
  const chain = () => {
    grow(files, 'extractor', { name: 'returns', kind: 'sql' });
    grow(files, 'transformer', { name: 'clean_returns', kind: 'cleaning', inputs: ['returns'] });
    grow(files, 'transformer', { name: 'net', kind: 'calculation', inputs: ['clean_orders', 'clean_returns'] });
    grow(files, 'transformer', { name: 'net_by_day', kind: 'aggregation', inputs: ['net'] });
    return grow(files, 'loader', { name: 'net_daily', kind: 'sql', inputs: ['net_by_day'] });
  };

  it('is joined as a whole when its loader comes, by whole lines only', () => {
    const before = new Map(files);
    const { remarks } = chain();
    expect(remarks[0]).toEqual({ kind: 'joined', stages: ['returns', 'clean_returns', 'net', 'net_by_day', 'net_daily'], file: flowPath });
    expect(files.get(flowPath)).toContain('    sessions = tasks.sessions.submit(*days)\n    returns = tasks.returns.submit(*days)\n');
    expect(files.get(flowPath)).toContain(`    tasks.publish_conversion(by_day)

    clean_returns = tasks.clean_returns(returns.result())
    net = tasks.net(tasks.clean_orders(orders.result()), clean_returns)
    net_by_day = tasks.net_by_day(net)
    tasks.net_daily(net_by_day)
`);
    const lines = files.get(flowPath)?.split('\n') ?? [];
    expect(before.get(flowPath)?.split('\n').filter((line) => !lines.includes(line))).toEqual([]);
  });

  it('is joined the same after a person renamed, submitted and put an if around', () => {
    const text = files.get(flowPath) ?? '';
    files.set(flowPath, text.replaceAll(/\borders\b(?= =|\.result)/g, 'pedidos').replace('    tasks.publish_conversion(by_day)', '    if by_day.height:  # mine\n        tasks.publish_conversion.submit(by_day).wait()').replaceAll('\n', '\r\n'));
    chain();
    expect(files.get(flowPath)).toContain('\r\n    net = tasks.net(tasks.clean_orders(pedidos.result()), clean_returns)\r\n');
    expect(files.get(flowPath)).not.toMatch(/[^\r]\n/);
  });

  it('keeps the KPI itself in another place when the loader is told nothing else', () => {
    grow(files, 'loader', { name: 'copy_daily', kind: 'datalake' });
    expect(files.get(flowPath)).toContain('    tasks.publish_conversion(by_day)\n    tasks.copy_daily(by_day)\n');
  });

  it('takes a step from inside the pipeline as the pipeline makes it', () => {
    grow(files, 'transformer', { name: 'by_channel', kind: 'aggregation', inputs: ['conversion'] });
    grow(files, 'loader', { name: 'channels', kind: 'sql', inputs: ['by_channel'] });
    expect(files.get(flowPath)).toContain(`
    by_channel = tasks.by_channel(
        tasks.conversion(
            tasks.clean_orders(orders.result()),
            tasks.clean_sessions(sessions.result()),
        ),
    )
    tasks.channels(by_channel)
`);
  });

  it('sums periods, not moments, behind a calculation that passes periods on', () => {
    chain();
    grow(files, 'transformer', { name: 'passed_on', kind: 'calculation', inputs: ['net_by_day'] });
    grow(files, 'transformer', { name: 'net_again', kind: 'aggregation', inputs: ['passed_on'] });
    expect(files.get('src/core/transformers/net_by_day.py')).toContain('"occurred_at"');
    expect(files.get('src/core/transformers/net_again.py')).not.toContain('occurred_at');
  });

  it('is not joined where no place is certain: the lines are told', () => {
    files.set(flowPath, (files.get(flowPath) ?? '').replace('    tasks.publish_conversion(by_day)', '    by_day = by_day.head()\n    tasks.publish_conversion(by_day)'));
    const before = files.get(flowPath);
    const { remarks } = grow(files, 'loader', { name: 'copy_daily', kind: 'datalake' });
    expect(remarks[0]).toEqual({ kind: 'paste', file: flowPath, lines: ['    tasks.copy_daily(conversion_by_day)'] });
    expect(files.get(flowPath)).toBe(before);
  });

  it('leaves nothing to generate', () => {
    chain();
    const state = stateOf(files);
    expect(planGenerated(state, viewConfig(state.config, state.settings), false)).toEqual([]);
    apply(files, []);
  });
});
