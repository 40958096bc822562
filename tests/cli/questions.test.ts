import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHome } from './command-line.ts';
import type { Person } from './pseudo-terminal.ts';
import { keys, sitDown } from './pseudo-terminal.ts';

let home = '';
let remove = (): void => undefined;
beforeEach(() => void ({ home, remove } = makeHome()));
afterEach(() => remove());

const quick = ['--no-git', '--no-install'];
const { enter, down, escape, interrupt } = keys;

/** The questions in order, by their labels in both languages. */
const labels = {
  en: ['Folder', 'KPI name', 'Metric type', 'Grain', 'What it measures', 'Owner', 'Unit', 'Target', 'Language of the texts', 'Source', 'Schedule and time zone', 'Work pool', 'Make it?'],
  es: ['Carpeta', 'Nombre del KPI', 'Tipo de métrica', 'Grano', 'Qué mide', 'Responsable', 'Unidad', 'Objetivo', 'Idioma de los textos', 'Origen', 'Planificación y zona horaria', 'Work pool', '¿Lo creo?'],
};

/** Takes the default of every question up to one. */
async function acceptUntil(person: Person, last: string, locale: 'en' | 'es' = 'en'): Promise<void> {
  for (const label of labels[locale]) {
    await person.see(`◆  ${label}`);
    if (label === last) return;
    person.type(enter);
  }
}

describe('at a terminal', () => {
  it.each(['en', 'es'] as const)('answers make a repository, after a look at its files (%s)', async (locale) => {
    const person = sitDown('create-kpi-flow', [...quick], { cwd: home, env: { KPI_FLOW_LOCALE: '', LANG: `${locale}_ES.UTF-8` } });
    await acceptUntil(person, labels[locale].at(-1) ?? '', locale);
    expect(readdirSync(home)).toEqual([]);
    expect(person.drawn()).toContain('README.md');
    person.type(enter);
    expect(await person.ended).toBe(0);
    expect(existsSync(join(home, 'my-kpi/config/config.yaml'))).toBe(true);
    expect(person.drawn()).toContain('npx create-kpi-flow@');
  });

  it('says what is wrong and takes what is right after it', async () => {
    const person = sitDown('create-kpi-flow', ['kpi', ...quick], { cwd: home });
    await acceptAfterFolder(person, 'Grain');
    person.type('dya', enter);
    await person.see('day');
    person.type(...Array.from({ length: 3 }, () => keys.erase), 'week,region', enter);
    await person.see('◆  What it measures');
    person.type(interrupt);
    expect(await person.ended).toBe(130);
  });

  it('asks only the rest, and less than a dozen questions in all', async () => {
    const person = sitDown('create-kpi-flow', ['kpi', ...quick, '--name', 'Ventas', '--type', 'ratio', '--grain', 'day', '--description', 'x', '--owner', 'a', '--unit', 'ratio', '--target', '1', '--direction', 'higher_is_better', '--locale', 'en', '--source', 'sql', '--schedule', 'none', '--timezone', 'UTC'], { cwd: home });
    await person.see('◆  Work pool');
    person.type('mine', enter);
    await person.see('◆  Make it?');
    person.type(enter);
    expect(await person.ended).toBe(0);
    expect(readFileSync(join(home, 'kpi/prefect.yaml'), 'utf8')).toContain('mine');
    expect(labels.en.length - 1).toBeLessThanOrEqual(12);
  });

  it('goes back with < and with the row of a choice', async () => {
    const person = sitDown('create-kpi-flow', ['kpi', ...quick], { cwd: home });
    await person.see('◆  KPI name');
    person.type('First', enter);
    await person.see('◆  Metric type');
    // The row that goes back is the last one, above the first.
    person.type(keys.up, enter);
    await person.see('◆  KPI name');
    await person.see('Enter: First');
    person.type('Second', enter);
    await person.see('◆  Metric type');
    person.type(enter);
    await person.see('◆  Grain');
    person.type('<', enter);
    await person.see('◆  Metric type');
    person.type(interrupt);
    expect(await person.ended).toBe(130);
  });

  it('shows derived names at the end and lets them be changed', async () => {
    const person = sitDown('create-kpi-flow', ['kpi', ...quick, '--name', 'Índice de rotación'], { cwd: home });
    await acceptAfterFolder(person, 'Make it?', 'KPI name');
    expect(person.drawn()).toContain('Identifier: indice_de_rotacion');
    person.type(down, enter);
    await person.see('◆  Which answer?');
    // Every question stands before what is derived; the id is the first of those.
    person.type(...Array.from({ length: 12 }, () => down), enter);
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

async function acceptAfterFolder(person: Person, last: string, ...given: string[]): Promise<void> {
  for (const label of labels.en.slice(1).filter((each) => !given.includes(each))) {
    await person.see(`◆  ${label}`);
    if (label === last) return;
    person.type(enter);
  }
}

describe('stopping leaves nothing', () => {
  it.each(labels.en)('Ctrl-C at "%s"', async (label) => {
    const person = sitDown('create-kpi-flow', [...quick], { cwd: home });
    await acceptUntil(person, label);
    person.type(interrupt);
    expect(await person.ended).toBe(130);
    expect(person.drawn()).toContain('Nothing was written');
    expect(readdirSync(home)).toEqual([]);
  });

  it.each<[string, (person: Person) => void, number]>([
    ['Esc', (person) => person.type(escape), 130],
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
