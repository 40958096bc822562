import { chooseLocale } from './locale.ts';
import type { Command, Flag } from './declared-flags.ts';
import { commands, shells } from './declared-flags.ts';
import type { Run, Streams } from './streams.ts';

/** Prints a script that completes commands, flags and their values, made from what is declared. */
export const run: Run = async (args, streams) => {
  const shell =
    args.length === 2 && args[1] !== undefined && args[1] in scripts ? args[1] : await readShell(args, streams);
  if (typeof shell === 'number') return shell;
  streams.stdout.on('error', () => undefined);
  streams.stdout.write(`${scripts[shell]?.() ?? ''}\n`);
  return 0;
};

/** A line with more than the name of a shell is read with care, and what that takes is loaded only then. */
async function readShell(args: readonly string[], streams: Streams): Promise<string | number> {
  const { readShellName } = await import('./read-shell-name.ts');
  return readShellName(args, chooseLocale(args, streams.env), streams);
}

/** Both names of the program. */
const programs = ['kpi-flow', 'create-kpi-flow'];

function namesOf({ name, short, kind }: Flag): string[] {
  return [name, ...(kind === 'boolean' ? [name.replace('--', '--no-')] : []), ...(short === undefined ? [] : [short])];
}

/** What may follow a command, in words. */
function wordsAfter({ flags, words = [] }: Command): string {
  return [...words, ...flags.flatMap(namesOf)].join(' ');
}

/** Every flag that has a fixed set of values, once. */
function chosen(): (readonly [flag: string, values: readonly string[]])[] {
  const all = commands.flatMap(({ flags }) => flags).filter(({ choices }) => choices !== undefined);
  return [...new Map(all.map((flag) => [flag.name, flag.choices ?? []] as const))];
}

/** Every flag that takes a value of any kind: after it, no flag is offered. */
function open(): string[] {
  return [
    ...new Set(
      commands.flatMap(({ flags }) =>
        flags.filter(({ kind, choices }) => kind === 'value' && choices === undefined).map(({ name }) => name),
      ),
    ),
  ];
}

const scripts: Readonly<Record<string, () => string>> = { bash, zsh, fish, powershell };

function bash(): string {
  return [
    '_kpi_flow() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  COMPREPLY=()',
    '  case "$before" in',
    ...chosen().map(
      ([flag, values]) => `    ${flag}) COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$current")); return;;`,
    ),
    `    ${open().join('|')}) COMPREPLY=($(compgen -f -- "$current")); return;;`,
    '  esac',
    '  case "${COMP_WORDS[1]}" in',
    ...commands.map(
      (each) =>
        `    ${each.name}) [ "$COMP_CWORD" -gt 1 ] && COMPREPLY=($(compgen -W "${wordsAfter(each)}" -- "$current"));;`,
    ),
    '  esac',
    `  [ "$COMP_CWORD" -eq 1 ] && COMPREPLY=($(compgen -W "${commandWords()}" -- "$current"))`,
    '}',
    `complete -o default -F _kpi_flow ${programs.join(' ')}`,
  ].join('\n');
}

/** The commands, and what `create` takes: it needs no name. */
function commandWords(): string {
  const [create] = commands;
  return [...commands.map(({ name }) => name), create === undefined ? '' : wordsAfter(create)].join(' ').trim();
}

function zsh(): string {
  return [
    `#compdef ${programs.join(' ')}`,
    'autoload -U +X bashcompinit && bashcompinit',
    bash(),
    // The script works when it is sourced and when zsh loads it from a folder of functions.
    'if [ "$funcstack[1]" = "_kpi-flow" ]; then _bash_complete -o default -F _kpi_flow; fi',
  ].join('\n');
}

function fish(): string {
  return programs
    .flatMap((program) => [
      `complete -c ${program} -n __fish_use_subcommand -f -a "${commands.map(({ name }) => name).join(' ')}"`,
      ...commands.flatMap((command) => fishCommand(program, command)),
    ])
    .join('\n');
}

function fishCommand(program: string, { name, flags, words }: Command): string[] {
  const seen = `-n "__fish_seen_subcommand_from ${name}"`;
  const offered = words === undefined ? [] : [`complete -c ${program} ${seen} -f -a "${words.join(' ')}"`];
  return [
    ...offered,
    ...flags.flatMap((flag) =>
      namesOf(flag)
        .filter((each) => each.startsWith('--'))
        .map((each) => `complete -c ${program} ${seen} -l ${each.slice(2)}${fishValue(flag)}`),
    ),
  ];
}

function fishValue({ kind, choices }: Flag): string {
  if (choices !== undefined) return ` -x -a "${choices.join(' ')}"`;
  return kind === 'value' ? ' -r' : '';
}

function powershell(): string {
  return [
    `Register-ArgumentCompleter -Native -CommandName ${programs.join(', ')} -ScriptBlock {`,
    '  param($word, $ast, $position)',
    '  $words = @($ast.CommandElements | ForEach-Object { $_.ToString() })',
    "  $before = if ($word -eq '') { $words[-1] } elseif ($words.Count -gt 1) { $words[-2] } else { '' }",
    '  $values = @{',
    ...chosen().map(([flag, values]) => `    '${flag}' = @(${quoted(values)})`),
    '  }',
    '  $after = @{',
    ...commands.map((each) => `    '${each.name}' = @(${quoted(wordsAfter(each).split(' '))})`),
    '  }',
    "  $command = if ($words.Count -gt 1 -and $after.ContainsKey($words[1])) { $words[1] } else { 'create' }",
    `  $offered = if ($values.ContainsKey($before)) { $values[$before] } elseif ($words.Count -le 1 -or ($words.Count -eq 2 -and $word -ne '')) { @(${quoted(commands.map(({ name }) => name))}) + $after['create'] } else { $after[$command] }`,
    '  $offered | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, "ParameterValue", $_) }',
    '}',
  ].join('\n');
}

function quoted(words: readonly string[]): string {
  return words.map((each) => `'${each}'`).join(', ');
}

/** The shells there is a script for, which a test compares with the declared list. */
export const written: readonly string[] = Object.keys(scripts).filter((each) => shells.includes(each));
