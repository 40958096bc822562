import { beforeEach, describe, expect, it } from 'vitest';
import { stages } from '../../generators/index.ts';
import { planRemove } from '../../src/generate/plan-remove.ts';
import { planRename } from '../../src/generate/plan-rename.ts';
import { planSync } from '../../src/generate/plan-sync.ts';
import type { FileOp } from '../../src/plan/plan.ts';
import type { Files } from './grown.ts';
import { apply, grow, startFiles, stateOf } from './grown.ts';

const answers = { dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 };
const start = startFiles(answers);
const flowPath = 'prefect_flows/conversion_flow.py';
const configPath = 'config/config.yaml';
const code = 'src/core/extractors/returns.py';
let files: Files;

beforeEach(() => {
  files = new Map(start);
  grow(files, 'extractor', { name: 'returns', kind: 'sql' });
  grow(files, 'transformer', { name: 'returned', kind: 'aggregation', inputs: ['returns'] });
});

const edit = (path: string, change: (text: string) => string) => {
  const before = files.get(path) ?? '';
  const after = change(before);
  expect(after, `the edit of ${path} changes something`).not.toBe(before);
  files.set(path, after);
};
const run = (plan: (state: ReturnType<typeof stateOf>) => { readonly plan: { readonly ops: readonly FileOp[] } }) => apply(files, plan(stateOf(files)).plan.ops);
/** All that a job may do to a repository, one after the other. */
function playAll(): void {
  grow(files, 'loader', { name: 'returned_daily', kind: 'sql', inputs: ['returned'] });
  run((state) => planSync(Object.values(stages), state));
  run((state) => planRename('returns', 'refunds', state, { force: false, editReferences: true }));
  run((state) => planRename('refunds', 'returns', state, { force: false, editReferences: true }));
  run((state) => planRemove('returned_daily', state));
  run((state) => planSync(Object.values(stages), state));
  expect(planSync(Object.values(stages), stateOf(files)).plan.ops).toEqual([]);
}
/** Whatever is done and taken back, the edited file is what its author left, byte for byte. */
function changedOf(...paths: string[]): string[] {
  const before = new Map(files);
  playAll();
  return paths.filter((path) => files.get(path) !== before.get(path));
}

describe('after add, sync, rename and remove there is still', () => {
  it('a changed function body', () => {
    edit(code, (text) => text.replace('    return read_sql(', '    print("mine")\n    return read_sql('));
    expect(changedOf(code)).toEqual([]);
  });

  it('a comment', () => {
    edit(code, (text) => text.replace('def returns(', '# returns, as I know them: "returns"\ndef returns('));
    edit(flowPath, (text) => text.replace('    tasks.publish', '    # mine\n    tasks.publish'));
    expect(changedOf(code, flowPath)).toEqual([]);
  });

  it('a reordered import', () => {
    edit(flowPath, (text) => text.replace(/^(from core\.settings .*\n)(from core\.window .*\n)/m, '$2$1'));
    edit(code, (text) => text.replace('from datetime import date\nfrom pathlib import Path\n', 'from pathlib import Path\nfrom datetime import date\n'));
    expect(changedOf(flowPath, code)).toEqual([]);
  });

  it('a renamed variable in the flow', () => {
    edit(flowPath, (text) => text.replaceAll(/\bby_day\b(?!=)/g, 'kpi_values').replaceAll(/\borders\b(?= = |\.result)/g, 'pedidos'));
    expect(changedOf(flowPath)).toEqual([]);
  });

  it('a submit and an if in the flow', () => {
    edit(flowPath, (text) => text.replace('    tasks.publish_conversion(by_day)', '    if by_day.height:\n        tasks.publish_conversion.submit(by_day).wait()'));
    expect(changedOf(flowPath)).toEqual([]);
  });

  it('no file that somebody deleted', () => {
    const gone = ['tests/unit/test_returns.py', 'docs/onboarding.md', 'tests/unit/test_sample.py'];
    for (const path of gone) files.delete(path);
    expect(changedOf(...gone)).toEqual([]);
  });

  it('CRLF in every file', () => {
    for (const path of [flowPath, code, configPath, 'pyproject.toml', '.env.example', 'src/core/extractors/returns.sql']) edit(path, (text) => text.replaceAll('\n', '\r\n'));
    expect(changedOf(flowPath, code, configPath, 'pyproject.toml', '.env.example', 'src/core/extractors/returns.sql')).toEqual([]);
  });

  it('a byte order mark', () => {
    for (const path of [flowPath, code, configPath]) edit(path, (text) => `\ufeff${text}`);
    expect(changedOf(flowPath, code, configPath)).toEqual([]);
  });

  it('the form that black or another width gives', () => {
    edit(code, (text) => text.replace('def returns(\n    start: date,\n    end: date,\n) -> pl.DataFrame:', 'def returns(start: date, end: date) -> pl.DataFrame:').replace(/return read_sql\(\n\s+"returns",\n\s+QUERY,\n\s+SCHEMA,\n\s+start,\n\s+end,\n\s+\)/, "return read_sql('returns', QUERY, SCHEMA, start, end)"));
    edit(flowPath, (text) => text.replace(/by_day = conversion\(\n\s+orders=orders\.result\(\),\n\s+sessions=sessions\.result\(\),\n\s+steps=tasks,\n\s+\)/, 'by_day = conversion(orders=orders.result(), sessions=sessions.result(), steps=tasks)'));
    expect(changedOf(code, flowPath)).toEqual([]);
  });

  it('a config.yaml whose comments, order and quotes are its own', () => {
    edit(configPath, (text) =>
      text
        .replace(/^( {2}clean_orders:\n.*\n)( {2}clean_sessions:\n.*\n)/m, '$2$1')
        .replace('  sessions:\n    source: warehouse\n', "  # from the web\n  'sessions': {source: \"warehouse\"}   # mine\n")
        .replace('  returns:\n    source: warehouse\n', '  # what came back\n  returns:   # see wiki\n    source: warehouse # mine\n'),
    );
    expect(changedOf(configPath)).toEqual([]);
  });
});
