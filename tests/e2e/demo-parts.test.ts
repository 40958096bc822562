import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { describe, expect, it } from 'vitest';
import { cutFlights } from '../../src/build/demo/cut-flights.ts';
import { readOptions } from '../../src/build/demo/options.ts';
import type { KpiRow } from '../../src/build/demo/reference.ts';
import { agrees, compare, countFlights } from '../../src/build/demo/reference.ts';
import { createSteps } from '../../src/build/demo/steps.ts';
import { drawTable } from '../../src/build/demo/table.ts';

const example = 'docs/examples/on-time-performance';
const csv = readFileSync(join(example, 'data/flights.csv'), 'utf8');
const published = 'node_modules/vega-datasets/data';
if (!existsSync(published)) process.stderr.write('skipped: the flight records against their package (npm install --no-save vega-datasets@3.2.1)\n');

describe('the flight records', () => {
  it.skipIf(!existsSync(published))('are the published ones, byte for byte', () => {
    const read = (name: string): string => readFileSync(join(published, name), 'utf8');
    expect(cutFlights(read('flights-2k.json'), read('airports.csv'))).toBe(csv);
  });

  it('are the ones that SOURCE.md describes', () => {
    const source = readFileSync(join(example, 'data/SOURCE.md'), 'utf8');
    expect(source).toContain(createHash('sha256').update(csv).digest('hex'));
  });

  it('stay below 500 kB', () => {
    const sizes = readdirSync(join(example, 'data')).map((file) => statSync(join(example, 'data', file)).size);
    expect(sizes.reduce((sum, each) => sum + each, 0)).toBeLessThan(500_000);
  });
});

describe('what the analyst writes', () => {
  const folder = join(example, 'repository');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.py'));
  const workspace = new Workspace({ 'line-length': 88, 'target-version': 'py311', lint: { select: ['B', 'C4', 'E', 'F', 'I', 'PT', 'RET', 'RUF', 'SIM', 'UP', 'W'] } }, PositionEncoding.Utf16);

  it.each([...files.map((each) => join(folder, each)), join(example, 'load_flights.py')])('%s is as ruff would have it', (file) => {
    const text = readFileSync(file, 'utf8');
    // Without the repository around it ruff cannot know that `core` is ours.
    const findings = (workspace.check(text) as { code: string | null }[]).filter((each) => each.code !== 'I001');
    expect(findings).toEqual([]);
    expect(workspace.format(text)).toBe(text);
  });
});

describe('the reference', () => {
  const reference = countFlights(csv);
  const rows: KpiRow[] = [...reference.groups].map(([key, { flights, onTime }]) => {
    const [day = '', origin_state = ''] = key.split(' ');
    return { day, origin_state, on_time_arrivals: onTime, arrivals: flights, on_time_performance: onTime / flights };
  });

  it('counts 1,549 of 2,000 flights', () => {
    expect(reference).toMatchObject({ flights: 2000, onTime: 1549, value: 0.7745 });
    expect(reference.groups.size).toBe(1254);
  });

  it('agrees with a table that is right', () => {
    expect(agrees(compare(rows, reference))).toBe(true);
  });

  it.each([
    ['a flight more in a row', rows.with(7, { ...rows[7]!, arrivals: rows[7]!.arrivals + 1 })],
    ['a row that is missing', rows.slice(1)],
    ['a row too many', [...rows, { ...rows[0]!, origin_state: 'XX' }]],
    ['a value that does not follow from its parts', rows.with(0, { ...rows[0]!, on_time_performance: 0.5 })],
    ['two rows that make up for one another', rows.with(0, { ...rows[0]!, on_time_arrivals: rows[0]!.on_time_arrivals + 1 }).with(1, { ...rows[1]!, on_time_arrivals: rows[1]!.on_time_arrivals - 1 })],
    ['an empty table', []],
  ])('does not agree with %s', (_, table) => {
    expect(agrees(compare(table, reference))).toBe(false);
  });
});

describe('what the demo is asked', () => {
  it.each([
    [[], { help: false, keep: false, language: 'python' }],
    [['--keep'], { help: false, keep: true, language: 'python' }],
    [['--port', '4200'], { help: false, keep: false, language: 'python', port: 4200 }],
    [['--language', 'typescript'], { help: false, keep: false, language: 'typescript' }],
    [['--help', '--keep'], { help: true }],
  ])('%j', (args, options) => expect(readOptions(args)).toEqual(options));

  it.each([[['--kep']], [['now']], [['--port', 'x']], [['--port', '70000']], [['--port']], [['--language', 'cobol']], [['--language']]])('refuses %j', (args) => {
    expect(readOptions(args)).toHaveProperty('mistake');
  });
});

describe('progress', () => {
  it('is a line at the start and at the end of each step in a pipe', async () => {
    let text = '';
    const steps = createSteps({ write: (more) => (text += more) });
    await steps.run('first', async (detail) => detail('half'));
    await steps.run('second', () => Promise.reject(new Error('no'))).catch(() => undefined);
    steps.end();
    expect(text.replace(/[\d.]+ s/gu, 'n s')).toBe('first…\n✔ first n s\nsecond…\n✖ second n s\n');
    expect(steps.taken.map((each) => each.name)).toEqual(['first', 'second']);
  });

  it('never breaks a line of a narrow terminal', async () => {
    const lines: string[] = [];
    const steps = createSteps({ isTTY: true, columns: 30, write: (more) => lines.push(more) });
    await steps.run('a step with a long name', async (detail) => {
      detail('\u001b[31mwords that another program says, far too many of them');
      await new Promise((resolve) => setTimeout(resolve, 250));
    });
    steps.end();
    const drawn = lines.filter((each) => each.includes('·') || !each.endsWith('\n')).map((each) => each.replace('\r\u001b[2K', ''));
    expect(drawn.length).toBeGreaterThan(0);
    expect(drawn.every((each) => each.length < 30 && !each.includes('\u001b[31m'))).toBe(true);
  });
});

describe('a table', () => {
  it('puts numbers to the right and leaves no blanks at the end', () => {
    expect(drawTable(['name', 'value'], [['a', 1], ['bcdef', 23]])).toBe('name   value\n─────  ─────\na          1\nbcdef     23');
  });

  it('can be empty', () => expect(drawTable(['name'], [])).toBe('name\n────'));
});
