import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillDefaults } from '../../src/generate/define-generator.ts';
import { quote, replayCommand } from '../../src/jobs/replay.ts';
import { smallProject } from './small-project.ts';

const here = { locale: 'en', timezone: 'UTC', owner: 'Ana' } as const;
const again = (given: Record<string, string | boolean>) =>
  replayCommand(smallProject, fillDefaults(smallProject, given, here), '1.2.3');

describe('the line that makes the same repository again', () => {
  it('pins the version and states only what another machine would not take by itself', () => {
    expect(again({}).text).toBe('npx create-kpi-flow@1.2.3 my-kpi --owner Ana --locale en --yes');
    expect(again({ name: 'MY-KPI', type: 'ratio' }).text).toBe(
      'npx create-kpi-flow@1.2.3 my-kpi --owner Ana --type ratio --locale en --yes',
    );
  });

  it('names switches by their flags, and values that look like flags behind =', () => {
    expect(again({ git: false, install: 'no', target: '-5', dir: '-x' }).text).toBe(
      'npx create-kpi-flow@1.2.3 --dir=-x --owner Ana --target=-5 --locale en --no-git --no-install --yes',
    );
  });

  it('says when PowerShell would read it differently', () => {
    expect(again({ name: 'Índice de rotación' }).posixOnly).toBe(false);
    expect(again({ name: "L'été" }).posixOnly).toBe(true);
    expect(again({ name: 'a "b"' }).posixOnly).toBe(true);
  });

  it('is one line, whatever a text holds', () => {
    expect(again({ name: 'one\ntwo' }).text).not.toContain('\n');
  });
});

describe('a quoted word', () => {
  it('reaches a program as it was, through sh', () => {
    const words = fc.sample(
      fc.string({ unit: 'binary', maxLength: 40 }).filter((each) => !each.includes('\0') && each.isWellFormed()),
      400,
    );
    const hard = [
      "it's",
      '"',
      '$HOME',
      '`id`',
      '\\',
      'a\\',
      '%s %b \\n',
      'a\nb',
      "\\'\n\\\\n",
      '!x',
      '*',
      '~',
      '-n',
      '',
      ' ',
      '\u00a0',
      '#',
    ];
    const all = [...words, ...hard].map((each) => each.replace(/\n+$/, ''));
    const script = `const [...all] = process.argv.slice(1); process.stdout.write(JSON.stringify(all))`;
    const output = execFileSync('sh', ['-c', `"$0" -e '${script}' -- ${all.map(quote).join(' ')}`, process.execPath], {
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toEqual(all);
  });
});
