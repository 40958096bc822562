import { describe, expect, test } from 'vitest';
import { stages } from '../../generators/index.ts';
import { nameOwner } from '../../src/config/reserved-names.ts';
import { addTo, startFiles } from './grown.ts';

const kinds = Object.values(stages).flatMap((generator) => generator.kinds.map(({ value }) => [generator.name, value] as const));

/** The bodies of a module's functions that call another function. */
function bodiesThatCall(name: string, text: string): string[] {
  return text.split(/^(?=def |@)/m).filter((body) => body.startsWith('def ') && body.includes(`${name}(`));
}

/** What a body gives a value to, as far as `a, b = ...`, `for a in` and `as a` do. */
function localsIn(body: string): string[] {
  const lists = [/^ +([\w, ]+?)(?:: [^=\n]+)? = /gm, /^ +for ([\w, ]+) in\b/gm, /\bas (\w+):/g].flatMap((form) => [...body.matchAll(form)].map(([, names = '']) => names));
  return lists.flatMap((names) => names.split(',').map((each) => each.trim())).filter((each) => each !== '' && !each.startsWith('_'));
}

describe.each(['polars', 'pandas'])('in a repository of %s', (frames) => {
  test.each(kinds)('the test of a stage, %s %s, has no variable that a stage may be called', (generator, kind) => {
    const files = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', inputs: 'orders', owner: 'ana', grain: 'day,channel', frames });
    const inputs = { extractor: undefined, transformer: 'orders', loader: 'sales_by_day' }[generator];
    addTo(files, generator, { name: 'zz_stage', kind, ...(inputs !== undefined && { inputs }) });
    const tests = [...files].filter(([path]) => /^tests\/(?:unit|flows)\/test_zz_stage\.py$/.test(path)).map(([, text]) => text);
    const bodies = tests.flatMap((text) => bodiesThatCall('zz_stage', text));
    expect(bodies).not.toEqual([]);
    const free = [...new Set(bodies.flatMap(localsIn))].filter((name) => nameOwner(name, 'code') === undefined);
    expect(free).toEqual([]);
  });
});
