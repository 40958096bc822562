import { describe, expect, it } from 'vitest';
import { readPipeline } from '../../src/python/read-pipeline.ts';
import { parse, pipelineText } from './parsed.ts';

const read = (text: string) => readPipeline(parse(text), 'conversion');
const cleaned = (name: string) => ({ stage: `clean_${name}`, inputs: [{ parameter: name }] });

describe('a pipeline', () => {
  it('says how the data of each stage comes about, and which it returns', () => {
    const facts = read(pipelineText);
    expect(facts?.stages).toEqual(['conversion', 'clean_orders', 'clean_sessions', 'conversion_by_day']);
    expect(facts?.result).toBe('conversion_by_day');
    expect(facts?.stepOf('conversion')).toEqual({ stage: 'conversion', inputs: [cleaned('orders'), cleaned('sessions')] });
    expect(facts?.stepOf('clean_orders')).toEqual(cleaned('orders'));
  });

  it('says so with names in between, too', () => {
    const named = pipelineText.replace('    counted = steps.conversion(\n        steps.clean_orders(orders),', '    c = steps.clean_orders(orders)  # mine\n    counted = steps.conversion(\n        c,').replace('return steps.conversion_by_day(counted)', 'value = steps.conversion_by_day(counted)\n    return value');
    expect(read(named)?.stepOf('conversion')).toEqual({ stage: 'conversion', inputs: [cleaned('orders'), cleaned('sessions')] });
    expect(read(named)?.result).toBe('conversion_by_day');
  });

  it('says nothing of what is not certain', () => {
    expect(read(pipelineText.replace('return steps', 'counted = counted.head()\n    return steps'))?.result).toBeUndefined();
    expect(read(pipelineText.replace('(counted)\n', '(counted.head())\n'))?.result).toBeUndefined();
    expect(read(pipelineText.replace('steps.clean_orders(orders),', 'steps.clean_orders(steps.clean_orders(orders)),'))?.stepOf('clean_orders')).toBeUndefined();
    expect(read(pipelineText.replace('    counted = steps', '    if orders.height:\n      counted = steps'))?.stepOf('conversion')).toBeUndefined();
    expect(read(pipelineText.replace('steps.clean_orders(orders)', 'counted'))?.stepOf('conversion')).toBeUndefined();
    expect(read(pipelineText.replace('def conversion', 'def other'))).toBeUndefined();
  });
});
