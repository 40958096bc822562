import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { project } from '../../generators/project.ts';
import type { Locale } from '../../src/errors/bilingual.ts';
import { uiOf } from '../../src/messages/speak.ts';
import { makeHome } from './command-line.ts';
import type { Person } from './pseudo-terminal.ts';
import { keys, sitDown } from './pseudo-terminal.ts';

let home = '';
let remove = (): void => undefined;
beforeEach(() => void ({ home, remove } = makeHome()));
afterEach(() => remove());

const quick = ['--no-git', '--no-install'];
const { enter, down, escape, interrupt } = keys;

/** The questions in order, by their labels, and the last one. */
const labelsIn = (locale: Locale): string[] => [
  ...project.steps.map(({ label }) => label[locale]),
  uiOf(locale).create.confirm.label,
];
const labels = labelsIn('en');
/** What may follow a question: where a test stops there, the one before has been answered. */
const after = (label: string): string => labels[labels.indexOf(label) + 1] ?? '';
const typeRow = 'Metric type';

/** Takes the default of every question up to one. */
async function acceptUntil(
  person: Person,
  last: string,
  locale: Locale = 'en',
  given: readonly string[] = [],
): Promise<void> {
  for (const label of labelsIn(locale).filter((each) => !given.includes(each))) {
    await person.see(`◆  ${label}`);
    if (label === last) return;
    person.type(enter);
  }
}

describe('at a terminal', () => {
  it.each(['en', 'es'] as const)('answers make a repository, after a look at its files (%s)', async (locale) => {
    const person = sitDown('create-kpi-flow', [...quick], {
      cwd: home,
      env: { KPI_FLOW_LOCALE: '', LANG: `${locale}_ES.UTF-8` },
    });
    await acceptUntil(person, uiOf(locale).create.confirm.label, locale);
    expect(readdirSync(home)).toEqual([]);
    expect(person.drawn()).toContain('README.md');
    person.type(enter);
    expect(await person.ended).toBe(0);
    expect(existsSync(join(home, 'my-kpi/config/config.yaml'))).toBe(true);
    expect(person.drawn()).toContain('npx create-kpi-flow@');
  });

  it('says what is wrong and takes what is right after it', async () => {
    const person = sitDown('create-kpi-flow', ['kpi', ...quick], { cwd: home });
    await acceptUntil(person, 'Grain', 'en', ['Folder']);
    person.type('dya', enter);
    await person.see('day');
    person.type(...Array.from({ length: 3 }, () => keys.erase), 'week,region', enter);
    await person.see(`◆  ${after('Grain')}`);
    person.type(interrupt);
    expect(await person.ended).toBe(130);
  });

  it('asks only the rest, and less than a dozen questions in all', async () => {
    const person = sitDown(
      'create-kpi-flow',
      [
        'kpi',
        ...quick,
        '--name',
        'Ventas',
        '--type',
        'ratio',
        '--grain',
        'day',
        '--description',
        'x',
        '--owner',
        'a',
        '--unit',
        'ratio',
        '--target',
        '1',
        '--direction',
        'higher_is_better',
        '--locale',
        'en',
        '--source',
        'sql',
        '--schedule',
        'none',
        '--timezone',
        'UTC',
        '--pool',
        'mine',
      ],
      { cwd: home },
    );
    await person.see('◆  Programming language');
    person.type(enter);
    await person.see('◆  Make it?');
    person.type(enter);
    expect(await person.ended).toBe(0);
    expect(readFileSync(join(home, 'kpi/prefect.yaml'), 'utf8')).toContain('mine');
    expect(project.steps.length).toBeLessThanOrEqual(12);
  });

  it('goes back with < and with the row of a choice', async () => {
    const person = sitDown('create-kpi-flow', ['kpi', ...quick], { cwd: home });
    await acceptUntil(person, typeRow, 'en', ['Folder']);
    // The row that goes back is the last one, above the first.
    person.type(keys.up, enter);
    const before = labels[labels.indexOf(typeRow) - 1] ?? '';
    await person.see(`◆  ${before}`);
    person.type('Second', enter);
    await person.see(`◆  ${typeRow}`);
    person.type(enter);
    await person.see(`◆  ${after(typeRow)}`);
    person.type('<', enter);
    await person.see(`◆  ${typeRow}`);
    person.type(keys.up, enter);
    await person.see(`◆  ${before}`);
    await person.see('Enter: Second');
    person.type(interrupt);
    expect(await person.ended).toBe(130);
  });

  it('shows derived names at the end and lets them be changed', async () => {
    const person = sitDown('create-kpi-flow', ['kpi', ...quick, '--name', 'Índice de rotación'], { cwd: home });
    await acceptUntil(person, 'Make it?', 'en', ['Folder', 'KPI name']);
    expect(person.drawn()).toContain('Identifier: indice_de_rotacion');
    person.type(down, enter);
    await person.see('◆  Which answer?');
    // Every question stands before what is derived; the id is the first of those.
    person.type(...project.steps.map(() => down), enter);
    await person.see('◆  Identifier');
    person.type('turnover', enter);
    await person.see('Identifier: turnover');
    await person.see('◆  Make it?');
    person.type(enter);
    expect(await person.ended).toBe(0);
    expect(existsSync(join(home, 'kpi/prefect_flows/turnover_flow.py'))).toBe(true);
  });

  it('asks again for a folder that is taken', async () => {
    mkdirSync(join(home, 'taken'));
    writeFileSync(join(home, 'taken/notes.txt'), 'mine');
    const person = sitDown('create-kpi-flow', [...quick], { cwd: home });
    await person.see('◆  Folder');
    person.type('taken', enter);
    await person.see('notes.txt');
    await person.see('◆  Folder');
    person.type(interrupt);
    expect(await person.ended).toBe(130);
    expect(readdirSync(join(home, 'taken'))).toEqual(['notes.txt']);
  });
});

describe('stopping leaves nothing', () => {
  it.each(labels)('Ctrl-C at "%s"', async (label) => {
    const person = sitDown('create-kpi-flow', [...quick], { cwd: home });
    await acceptUntil(person, label);
    person.type(interrupt);
    expect(await person.ended).toBe(130);
    expect(person.drawn()).toContain('Nothing was left behind');
    expect(readdirSync(home)).toEqual([]);
  });

  it.each<[string, (person: Person) => void, number]>([
    ['Esc', (person) => person.type(escape), 130],
    ['Ctrl-D', (person) => person.type('\u0004'), 130],
    ['SIGTERM', (person) => person.kill('SIGTERM'), 143],
    ['a closed terminal', (person) => person.kill('SIGHUP'), 129],
  ])('%s', async (_, act, code) => {
    const person = sitDown('create-kpi-flow', [...quick], { cwd: home });
    await acceptUntil(person, 'Owner');
    act(person);
    expect(await person.ended).toBe(code);
    expect(readdirSync(home)).toEqual([]);
  });

  it('the row that cancels', async () => {
    const person = sitDown('create-kpi-flow', [...quick], { cwd: home });
    await acceptUntil(person, 'Make it?');
    person.type(keys.up, enter);
    expect(await person.ended).toBe(130);
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('a terminal that is none', () => {
  it.each<[string, { columns?: number; env?: NodeJS.ProcessEnv }]>([
    ['of 0 columns', { columns: 0 }],
    ['of 10 columns', { columns: 10 }],
    ['in CI', { env: { CI: 'true' } }],
    ['that cannot draw', { env: { TERM: 'dumb' } }],
  ])('%s is asked nothing', async (_, seat) => {
    const person = sitDown('create-kpi-flow', ['kpi', ...quick], { cwd: home, ...seat });
    expect(await person.ended).toBe(2);
    expect(person.drawn().replace(/\s+/g, '')).toContain('E_ANSWERS_MISSING');
  });

  it('nothing is asked under --yes', async () => {
    const person = sitDown('create-kpi-flow', ['kpi', '--yes', '--dry-run'], { cwd: home });
    expect(await person.ended).toBe(0);
    expect(person.drawn()).not.toContain('◆');
  });
});

describe('colours at a terminal', () => {
  // oxlint-disable-next-line no-control-regex
  const color = /\u001b\[[0-9;]*m/;

  it.each<[string, NodeJS.ProcessEnv, boolean]>([
    ['are there', {}, true],
    ['are not with NO_COLOR', { NO_COLOR: '1' }, false],
  ])('%s', async (_, env, expected) => {
    const person = sitDown('create-kpi-flow', [...quick], { cwd: home, env });
    await person.see('◆  Folder');
    person.type(interrupt);
    await person.ended;
    expect(color.test(person.raw())).toBe(expected);
  });
});
