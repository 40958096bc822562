import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codesIn, makeHome, runCli } from './command-line.ts';
import type { Bin } from './command-line.ts';

let home = '';
let remove = (): void => undefined;
beforeEach(() => void ({ home, remove } = makeHome()));
afterEach(() => remove());

const locales = ['en', 'es'] as const;
/** A word of the fixed form of an error in each language. */
const fixed = { en: { why: '  why: ', fix: '  fix: ' }, es: { why: '  por qué: ', fix: '  qué hacer: ' } };

describe('help', () => {
  it.each(locales)('of the program fits a screen, examples first, on stdout (%s)', async (locale) => {
    const { code, stdout, stderr } = await runCli('kpi-flow', ['--help', '--locale', locale], { cwd: home });
    const lines = stdout.trimEnd().split('\n');
    expect([code, stderr]).toEqual([0, '']);
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    expect(lines[2]).toBe(locale === 'es' ? 'Ejemplos' : 'Examples');
  });

  it.each<[string, Bin, string[]]>([
    ['bare', 'kpi-flow', []],
    ['-h', 'kpi-flow', ['-h']],
    ['the word', 'kpi-flow', ['help']],
    ['the other bin', 'create-kpi-flow', ['--help']],
  ])('is the same however it is asked for: %s', async (_, bin, args) => {
    const [asked, usual] = await Promise.all([
      runCli(bin, args, { cwd: home }),
      runCli('kpi-flow', ['--help'], { cwd: home }),
    ]);
    expect(asked).toEqual(usual);
  });

  it.each(locales)('of create names every question with its flag and default (%s)', async (locale) => {
    const { code, stdout } = await runCli('create-kpi-flow', ['my-kpi', '-h', `--locale=${locale}`], { cwd: home });
    expect(code).toBe(0);
    for (const flag of [
      '--name',
      '--id',
      '--owner',
      '--type',
      '--unit',
      '--grain',
      '--direction',
      '--target',
      '--source',
      '--schedule',
      '--pool',
      '--no-git',
      '--config',
    ])
      expect(stdout).toContain(flag);
    expect(stdout).toContain(locale === 'es' ? 'Identificador'.slice(0, 0) + 'según el nombre' : 'from the name');
  });

  it.each(['doctor', 'completion'])('of %s', async (command) => {
    const { code, stdout } = await runCli('kpi-flow', [command, '--help'], { cwd: home });
    expect([code, stdout.includes(`create-kpi-flow ${command}`)]).toEqual([0, true]);
  });

  it('speaks the language of the system', async () => {
    const { stdout } = await runCli('kpi-flow', [], { cwd: home, env: { LANG: 'es_MX.UTF-8' } });
    expect(stdout).toContain('Ejemplos');
    const said = await runCli('kpi-flow', [], { cwd: home, env: { LANG: 'es_ES.UTF-8', KPI_FLOW_LOCALE: 'en' } });
    expect(said.stdout).toContain('Examples');
  });

  it.each(['--version', '-V'])('the version by %s', async (flag) => {
    for (const bin of ['kpi-flow', 'create-kpi-flow'] as const) {
      expect(await runCli(bin, [flag], { cwd: home })).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
        stderr: '',
      });
    }
  });
});

describe.each(locales)('mistakes end with 2, an explanation on stderr and nothing on stdout (%s)', (locale) => {
  it.each<[string, Bin, string[], string[], RegExp]>([
    ['an unknown command', 'kpi-flow', ['docter'], ['E_COMMAND_UNKNOWN'], /doctor\?/],
    ['an unknown command like none', 'kpi-flow', ['zzzzzz'], ['E_COMMAND_UNKNOWN'], /--help/],
    ['an unknown flag first', 'kpi-flow', ['--hlep'], ['E_FLAG_UNKNOWN'], /--help\?/],
    ['an unknown flag', 'create-kpi-flow', ['my-kpi', '--dry-rnu', '--yes'], ['E_FLAG_UNKNOWN'], /--dry-run\?/],
    ['an unknown flag like none, with those that there are', 'kpi-flow', ['doctor', '--zzzzzz'], ['E_FLAG_UNKNOWN'], /doctor[^]*--json/],
    ['an unknown flag of another command', 'kpi-flow', ['doctor', '--yes'], ['E_FLAG_UNKNOWN'], /--yes/],
    [
      'every unknown flag at once',
      'create-kpi-flow',
      ['--nmae=x', '--tpye', 'y'],
      ['E_FLAG_UNKNOWN', 'E_FLAG_UNKNOWN'],
      /--name\?[^]*--type\?/,
    ],
    ['a flag without its value', 'create-kpi-flow', ['--name'], ['E_FLAG_VALUE_MISSING'], /--name=/],
    ['a flag whose value is a flag', 'create-kpi-flow', ['--name', '--yes'], ['E_FLAG_VALUE_MISSING'], /--name=/],
    ['a switch with a value', 'create-kpi-flow', ['--yes=1'], ['E_FLAG_VALUE_UNEXPECTED'], /--yes/],
    ['one argument too many', 'create-kpi-flow', ['a', 'b', '--yes'], ['E_ARGUMENT_EXTRA'], /"b"/],
    ['a wrong choice', 'create-kpi-flow', ['a', '--yes', '--type', 'ratoi'], ['E_ANSWER_CHOICE'], /--type ratio/],
    ['a number with a comma', 'create-kpi-flow', ['a', '--yes', '--target', '0,8'], ['E_ANSWER_REFUSED'], /0\.8/],
    [
      'a word of Python as the id',
      'create-kpi-flow',
      ['a', '--yes', '--id', 'import'],
      ['E_ANSWER_REFUSED'],
      /import_kpi/,
    ],
    [
      'a database and a task runner that a language will not have',
      'create-kpi-flow',
      ['a', '--yes', '--language', 'typescript', '--database', 'oracle', '--task-runner', 'dask'],
      ['E_ANSWER_REFUSED', 'E_ANSWER_REFUSED'],
      /oracledb/,
    ],
    [
      'an answers file that is not there',
      'create-kpi-flow',
      ['a', '--yes', '--config', 'none.yaml'],
      ['E_ANSWERS_FILE'],
      /none\.yaml/,
    ],
    ['a shell that nobody knows', 'kpi-flow', ['completion', 'bahs'], ['E_SHELL_UNKNOWN'], /completion bash/],
    ['a language that we do not speak', 'kpi-flow', ['doctor', '--locale', 'fr'], ['E_ANSWER_CHOICE'], /en, es/],
    [
      'a language that create does not speak',
      'create-kpi-flow',
      ['a', '--yes', '--locale', 'fr'],
      ['E_ANSWER_CHOICE'],
      /en, es/,
    ],
    ['no shell', 'kpi-flow', ['completion'], ['E_SHELL_UNKNOWN'], /completion bash/],
  ])('%s', async (_, bin, args, codes, text) => {
    const { code, stdout, stderr } = await runCli(bin, args, { cwd: home, env: { KPI_FLOW_LOCALE: locale } });
    expect({ code, stdout, codes: codesIn(stderr) }).toEqual({ code: 2, stdout: '', codes });
    expect(stderr).toMatch(text);
    expect(stderr).toContain(fixed[locale].why);
    expect(stderr).toContain(fixed[locale].fix);
    expect(readdirSync(home)).toEqual([]);
  });

  it('a folder that is not empty is refused and left as it was', async () => {
    mkdirSync(join(home, 'taken'));
    writeFileSync(join(home, 'taken/notes.txt'), 'mine');
    const { code, stderr } = await runCli(
      'create-kpi-flow',
      ['taken', '--yes', '--no-git', '--no-install', '--locale', locale],
      { cwd: home },
    );
    expect([code, codesIn(stderr)]).toEqual([2, ['E_FOLDER_NOT_EMPTY']]);
    expect(stderr).toContain('notes.txt');
    expect(readdirSync(join(home, 'taken'))).toEqual(['notes.txt']);
  });

  it('answers that nobody can be asked for are listed as flags, with a line to copy', async () => {
    const { code, stdout, stderr } = await runCli(
      'create-kpi-flow',
      ['my-kpi', '--type', 'ratio', '--locale', locale],
      { cwd: home },
    );
    expect({ code, stdout, codes: codesIn(stderr) }).toEqual({ code: 2, stdout: '', codes: ['E_ANSWERS_MISSING'] });
    for (const flag of ['--name', '--owner', '--grain', '--target', '--language']) expect(stderr).toContain(flag);
    expect(stderr).not.toContain('--type,');
    expect(stderr).toMatch(/npx create-kpi-flow@latest my-kpi --name <text> .*--yes/);
  });
});

describe('a file of answers', () => {
  const write = (text: string): void => writeFileSync(join(home, 'team.yaml'), text);
  const withFile = (...args: string[]) =>
    runCli('create-kpi-flow', ['a', '--yes', '--no-git', '--no-install', '--config', 'team.yaml', ...args], {
      cwd: home,
    });

  it.each<[string, string, string, RegExp]>([
    ['broken YAML', 'name: "x\nowner: y\n', 'E_YAML_SYNTAX', /team\.yaml:\d+:\d+/],
    ['too deep', `name: ${'['.repeat(900)}${']'.repeat(900)}\n`, 'E_YAML_DEPTH', /team\.yaml:1/],
    ['aliases', 'name: &a x\nowner: *a\n', 'E_YAML_FEATURE', /team\.yaml:1:7/],
    ['a key twice', 'name: x\nname: y\n', 'E_YAML_DUPLICATE', /team\.yaml:2:1/],
    ['an unquoted no', 'owner: no\n', 'E_YAML_AMBIGUOUS', /team\.yaml:1:8/],
    ['an unquoted 12:30', 'schedule: 12:30\n', 'E_YAML_AMBIGUOUS', /team\.yaml:1:11/],
    ['a question that is not asked', 'ownr: x\n', 'E_ANSWERS_UNKNOWN', /owner/],
    ['a value that cannot be', 'type: ratoi\n', 'E_ANSWER_CHOICE', /team\.yaml:1:7/],
  ])('with %s ends with 2 and shows the place', async (_, text, expected, place) => {
    write(text);
    const { code, stdout, stderr } = await withFile();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(codesIn(stderr)).toContain(expected);
    expect(stderr).toMatch(place);
    expect(readdirSync(home)).toEqual(['team.yaml']);
  });

  it('that fixes an answer says why when a flag or a variable contradicts it', async () => {
    write('pool: {value: platform, fixed: true, why: One pool serves all.}\n');
    const { code, stderr } = await withFile('--pool', 'mine');
    expect([code, codesIn(stderr)]).toEqual([2, ['E_ANSWER_FIXED']]);
    expect(stderr).toMatch(/One pool serves all\./);
    expect(stderr).toContain('team.yaml:1');
  });
});

describe('errors as data', () => {
  it('stand on stdout with their codes, and the same exit code', async () => {
    const { code, stdout } = await runCli(
      'create-kpi-flow',
      ['a', '--yes', '--json', '--type', 'x', '--locale', 'es'],
      { cwd: home },
    );
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      command: 'create',
      ok: false,
      errors: [{ code: 'E_ANSWER_CHOICE' }],
    });
  });
});

describe('flags that npm keeps for itself', () => {
  const npm = { npm_command: 'init', npm_config_user_agent: 'npm/11' };

  it('are missed when their values stand there as arguments', async () => {
    const { code, stderr } = await runCli('create-kpi-flow', ['a', 'Stock', '--yes'], { cwd: home, env: npm });
    expect([code, codesIn(stderr)]).toEqual([2, ['E_ARGUMENT_EXTRA']]);
    expect(stderr).toContain('Did you forget --?');
  });

  it('are missed when npm tells of them in variables', async () => {
    const { code, stderr } = await runCli('create-kpi-flow', ['a', '--yes'], {
      cwd: home,
      env: { ...npm, npm_config_type: 'ratio' },
    });
    expect([code, codesIn(stderr)]).toEqual([2, ['E_FLAG_SWALLOWED']]);
    expect(stderr).toContain('--type');
  });

  it('do not count when something else than npm create runs us', async () => {
    const { code } = await runCli('create-kpi-flow', ['a'], {
      cwd: home,
      env: { npm_command: 'run-script', npm_config_yes: 'true', npm_config_type: 'ratio' },
    });
    expect(code).toBe(2);
  });
});

describe('streams', () => {
  it('a reader that leaves is no error', async () => {
    const { code, stdout, stderr } = await runCli('kpi-flow', [], {
      cwd: home,
      through: ['sh', '-c', '"$@" | head -1', 'sh'],
    });
    expect([code, stdout.split('\n').length, stderr]).toEqual([0, 2, '']);
  });

  it('a closed stdin and a closed stdout are no error', async () => {
    const closed = await runCli('kpi-flow', ['--version'], { cwd: home, through: ['sh', '-c', '"$@" <&- >&-', 'sh'] });
    expect(closed).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('nothing is asked of a closed stdin', async () => {
    const { code, stderr } = await runCli('create-kpi-flow', ['kpi'], {
      cwd: home,
      through: ['sh', '-c', '"$@" <&-', 'sh'],
    });
    expect([code, codesIn(stderr)]).toEqual([2, ['E_ANSWERS_MISSING']]);
  });

  it('no colours in a pipe, and colours when they are forced', async () => {
    const plain = await runCli('kpi-flow', ['x'], { cwd: home });
    const forced = await runCli('kpi-flow', ['x'], { cwd: home, env: { FORCE_COLOR: '1' } });
    const never = await runCli('kpi-flow', ['x'], { cwd: home, env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect([plain, forced, never].map(({ stderr }) => stderr.includes('\u001b['))).toEqual([false, true, false]);
  });

  it('a name with escapes does not act on the terminal', async () => {
    const { stderr } = await runCli('kpi-flow', ['\u001b[2Jx\u202e'], { cwd: home });
    expect(stderr).not.toContain('\u001b');
    expect(stderr).toContain('\\x1b[2Jx\\u202e');
  });
});
