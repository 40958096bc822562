import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { project } from '../../generators/project.ts';
import { commands, shells } from '../../src/cli/declared-flags.ts';
import { written } from '../../src/cli/run-completion.ts';
import { runCli, tell } from './command-line.ts';

const script = async (shell: string): Promise<string> => (await runCli('kpi-flow', ['completion', shell])).stdout;
const hasBash = spawnSync('bash', ['--version']).status === 0;
if (!hasBash) tell('skipped: completing in bash (it is not here)');

/** What bash would offer for the last of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const lines = [
    await script('bash'),
    `COMP_WORDS=(${words.map((each) => `'${each}'`).join(' ')})`,
    `COMP_CWORD=${words.length - 1}`,
    '_kpi_flow',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ];
  return execFileSync('bash', ['-c', lines.join('\n')], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

describe('completion', () => {
  it.each(shells)('for %s names every command, every flag and both programs', async (shell) => {
    const text = await script(shell);
    for (const { name, flags } of commands) {
      expect(text).toContain(name);
      for (const flag of flags) expect(text).toContain(shell === 'fish' ? `-l ${flag.name.slice(2)}` : flag.name);
    }
    expect(text).toContain('create-kpi-flow');
    expect(text).toContain('cumulative');
  });

  it('is written for every shell that is declared', () => {
    expect(written).toEqual(shells);
  });

  it('takes the language flag beside the shell', async () => {
    const plain = await runCli('kpi-flow', ['completion', 'fish']);
    expect(await runCli('kpi-flow', ['completion', 'fish', '--locale', 'es'])).toEqual(plain);
  });
});

describe.runIf(hasBash)('completing in bash', () => {
  it('offers commands and what create takes', async () => {
    expect(await offered('create-kpi-flow', 'doc')).toEqual(['doctor']);
    expect(await offered('create-kpi-flow', '--sou')).toEqual(['--source']);
  });

  it('offers the flags of the command, and the values of a flag', async () => {
    expect(await offered('kpi-flow', 'create', '--no-')).toEqual([
      '--no-plop',
      '--no-git',
      '--no-install',
      '--no-color',
    ]);
    expect(await offered('kpi-flow', 'create', 'my-kpi', '--type', 'c')).toEqual(['cumulative', 'conversion']);
    expect(await offered('kpi-flow', 'completion', 'f')).toEqual(['fish']);
  });
});

describe('what is declared', () => {
  it('has a flag for each question, once', () => {
    const names = commands[0]?.flags.map(({ name }) => name) ?? [];
    expect(new Set(names).size).toBe(names.length);
    for (const { flag } of Object.values(project.fields)) expect(names).toContain(flag);
  });
});
