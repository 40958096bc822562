import { describe, expect, test } from 'vitest';
import type { Node } from '../../src/python/parse-python.ts';
import { childrenOf } from '../../src/python/parse-python.ts';
import { NotPlain } from '../../src/python/plain-node.ts';
import { readFlow } from '../../src/python/read-flow.ts';
import { readPipeline } from '../../src/python/read-pipeline.ts';
import { statementsOf } from '../../src/python/read-module.ts';
import { parsePlainTypescript } from '../../src/typescript/plain-typescript.ts';

const stages: Readonly<Record<string, string>> = { cleanOrders: 'clean_orders', ordersByDay: 'orders_by_day', ordersDaily: 'orders_daily' };
const parse = (text: string): Node => parsePlainTypescript(text, (name) => stages[name]);

const flowText = `/** The flow. */
import { flow } from '@kpi-flow/runtime';
import * as z from 'zod';
import { orders as ordersPipeline } from '../src/core/pipelines/orders.ts';
import type { Days } from '../src/core/window.ts';
import * as tasks from './tasks.ts';

const parameters = z.object({ start: z.iso.date().nullish().describe('a "day"; first') });
type Wide<Of> = { readonly [Name in keyof Of]: Of[Name] };

export const ordersFlow = flow(
  async ({ start, end }: z.output<typeof parameters>) => {
    const days = windowOf(start ?? undefined, \`\${end}\`); // a comment

    const orders = tasks.orders.submit(...days);
    const byDay = await ordersPipeline(
      {
        orders: await orders.result(),
      },
      tasks,
    );

    if (byDay.length > 0) {
      await tasks.ordersDaily(byDay);
    }
    const total = byDay.map(({ value }) => value as number).reduce((sum, each) => sum + each, 0);
    return total;
  },
  { name: 'orders', parameters },
);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await ordersFlow({});
}
`;

describe('a flow in TypeScript', () => {
  const facts = readFlow(parse(flowText), 'orders_flow', (name) => `await ${name}.result()`);

  test('is found by what wraps it', () => expect(facts?.tasks).toBe('tasks'));

  test('tells its stages by their names in config.yaml', () => {
    expect(facts?.calls.map(({ member }) => member)).toEqual(['orders', 'orders_daily']);
    expect(facts?.calls[0]?.arguments.map(({ text }) => text)).toEqual(['...days']);
  });

  test('tells its variables, and how their data is taken', () => {
    expect(facts?.variables.get('orders')).toEqual({ name: 'orders', expression: 'await orders.result()', stage: 'orders' });
    expect(facts?.variables.get('byDay')).toEqual({ name: 'byDay', expression: 'byDay' });
  });

  test('tells what it gives to its pipeline', () => {
    expect(facts?.pipelines.map(({ variable, imported, given }) => [variable, imported.module, imported.name, [...given]])).toEqual([
      ['byDay', 'core.pipelines.orders', 'orders', [['orders', 'await orders.result()'], ['steps', 'tasks']]],
    ]);
  });

  test('knows every name that is taken', () => {
    for (const name of ['days', 'total', 'parameters', 'byDay', 'Name', 'process']) expect(facts?.identifiers.has(name), name).toBe(true);
  });

  test('has statements that begin and end where they stand in the text', () => {
    const texts = facts === undefined ? [] : statementsOf(facts.definition).map(({ startIndex, endIndex }) => flowText.slice(startIndex, endIndex));
    expect(texts.map((each) => each.split('\n')[0])).toEqual([
      'const days = windowOf(start ?? undefined, `${end}`);',
      'const orders = tasks.orders.submit(...days);',
      'const byDay = await ordersPipeline(',
      'if (byDay.length > 0) {',
      'const total = byDay.map(({ value }) => value as number).reduce((sum, each) => sum + each, 0);',
      'return total;',
    ]);
    expect(texts.every((each) => /[;}]$/.test(each))).toBe(true);
  });
});

const pipelineText = `type Step<Work> = Work extends (...given: infer Given) => infer Result ? (...given: Given) => Result | Promise<Result> : never;
export interface Inputs {
  readonly orders: readonly Orders[];
}
export async function orders({ orders }: Inputs, steps: Steps = transformers): Promise<OrdersByDay[]> {
  const cleanOrders = await steps.cleanOrders(orders);
  return await steps.ordersByDay(cleanOrders);
}
`;

test('a pipeline in TypeScript tells how the data of each stage comes about', () => {
  const facts = readPipeline(parse(pipelineText), 'orders');
  expect(facts?.stages).toEqual(['clean_orders', 'orders_by_day']);
  expect(facts?.result).toBe('orders_by_day');
  expect(facts?.stepOf('orders_by_day')).toEqual({ stage: 'orders_by_day', inputs: [{ stage: 'clean_orders', inputs: [{ parameter: 'orders' }] }] });
});

test.each([
  'const a = b as unknown as Map<string, number[]>;',
  'const a = new Map<string, { b: number }>([[x, { b: 1 }]]);',
  'for (const [name, value] of Object.entries(all)) { if (name) continue; else total += value; }',
  'try { await a(); } catch (error) { throw new Error(`no: ${error}`); } finally { done = true; }',
  'const f = async (a: number, b?: string): Promise<void> => { await g(a!, b ?? ""); };',
  'const g = (a) => ({ ...a, b: 1 });\nconst h = a => a / 2;',
  'const value = ready ? first : second;\n',
  'export default flow;',
  'let a = 1\na = 2\nb()\n',
  "const text = 'it\\'s; // no comment';",
  'const a = /x"[/]y/g.test(b) && c.replace(/\\//, d) ? a / b : e;',
])('reads %s', (text) => expect(childrenOf(parse(text)).length).toBeGreaterThan(0));

test.each([
  'if (a) /x"y/.test(b);',
  'switch (a) { case 1: b(); }',
  'const a = 1; /* begins here\nand ends there */ b();',
  'function* f() { yield 1; }',
  'const a = {',
  'const a = `${b;',
  'class A { b() {} }\nif (a {',
  'a b',
])('leaves %s to people', (text) => expect(() => parse(text)).toThrow(NotPlain));
