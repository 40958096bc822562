import { describe, expect, it } from 'vitest';
import { placeAfter, readFlow } from '../../src/python/read-flow.ts';
import { flowText, parse } from './parsed.ts';

const read = (text: string) => readFlow(parse(text), 'conversion_flow');
const extracts = new Set(['orders', 'sessions']);
const loads = new Set(['conversion_daily', 'publish_conversion']);
const lineAfter = (text: string, stages: ReadonlySet<string>) => {
  const facts = read(text);
  return facts && placeAfter(facts, stages)?.text.split('\n').at(-1)?.trim();
};

describe('a flow', () => {
  it('says which variables there are and how their data is taken', () => {
    const facts = read(flowText);
    expect([...(facts?.variables.values() ?? [])].map(({ name, expression, stage }) => [name, expression, stage])).toEqual([
      ['days', 'days', undefined],
      ['orders', 'orders.result()', 'orders'],
      ['sessions', 'sessions.result()', 'sessions'],
      ['by_day', 'by_day', undefined],
    ]);
    expect(facts?.pipelines).toMatchObject([
      { variable: 'by_day', imported: { module: 'core.pipelines.conversion', name: 'conversion', local: 'conversion' }, given: new Map([['orders', 'orders.result()'], ['sessions', 'sessions.result()'], ['steps', 'tasks']]) },
    ]);
  });

  it('has a certain place after the last extract and the last load', () => {
    expect(lineAfter(flowText, extracts)).toBe('sessions = tasks.sessions.submit(*days)');
    expect(lineAfter(flowText, loads)).toBe('tasks.publish_conversion(by_day)');
  });

  it('keeps it when variables are renamed, calls are direct, submitted or awaited, and a load is in an if', () => {
    const edited = flowText
      .replaceAll(/\borders\b(?= =|\.result)/g, 'pedidos')
      .replace('tasks.sessions.submit(*days)', 'tasks.sessions.with_options(retries=1).submit(*days).result()')
      .replace('sessions.result()', 'sessions')
      .replace('    tasks.publish_conversion(by_day)', '    if by_day.height:\n        tasks.publish_conversion.submit(by_day).wait()');
    expect(read(edited)?.variables.get('pedidos')?.expression).toBe('pedidos.result()');
    expect(read(edited)?.variables.get('sessions')?.expression).toBe('sessions');
    expect(lineAfter(edited, extracts)).toContain('with_options');
    expect(lineAfter(edited, loads)).toBe('tasks.publish_conversion.submit(by_day).wait()');
  });

  it('has none behind a block that may leave it, or beside another statement', () => {
    expect(lineAfter(flowText.replace('    tasks.publish_conversion(by_day)', '    if by_day.height:\n        tasks.publish_conversion(by_day)\n        return'), loads)).toBeUndefined();
    expect(lineAfter(flowText.replace('tasks.publish_conversion(by_day)', 'tasks.publish_conversion(by_day); print()'), loads)).toBeUndefined();
    expect(lineAfter(flowText, new Set(['nothing']))).toBeUndefined();
  });

  it('counts a variable only when it is bound once, at the top', () => {
    expect(read(flowText.replace('    tasks.conversion_daily', '    by_day = by_day.head()\n    tasks.conversion_daily'))?.variables.has('by_day')).toBe(false);
    expect(read(flowText.replace('    by_day = conversion(', '    if days:\n      by_day = conversion('))?.variables.has('by_day')).toBe(false);
  });

  it('is the one that has the name, or the only one', () => {
    expect(read(flowText.replace('def conversion_flow', 'def other_flow'))).toBeDefined();
    expect(read(flowText.replace('def conversion_flow', 'def other_flow') + '\n\n@flow\ndef third() -> None:\n    pass\n')).toBeUndefined();
    expect(read('x = 1\n')).toBeUndefined();
  });
});
