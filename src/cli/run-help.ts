import { version } from 'virtual:version';
import type { Locale } from '../errors/bilingual.ts';
import type { DeclaredField } from '../generate/declare.ts';
import type { Ui } from '../messages/ui-en.ts';
import { uiEn } from '../messages/ui-en.ts';
import { uiEs } from '../messages/ui-es.ts';
import { commands, questions, shells } from './declared-flags.ts';
import { chooseLocale } from './locale.ts';
import type { Run } from './streams.ts';

/** Prints help: of a command when one is named, of the program when not. */
export const run: Run = async (args, { env, stdout }) => {
  const locale = chooseLocale(args, env);
  const named = args[0] === 'help' ? args[1] : args[0];
  stdout.on('error', () => undefined);
  stdout.write(`${helpText(named, locale)}\n`);
  return 0;
};

/** The help of a command, or of the program. */
export function helpText(command: string | undefined, locale: Locale): string {
  const ui = locale === 'es' ? uiEs : uiEn;
  if (command === 'create') return createHelp(ui, locale);
  if (command === 'doctor') return doctorHelp(ui);
  const known = onRepository(ui).find(([left]) => left.split(' ')[0] === command);
  if (known !== undefined) return repositoryHelp(ui, known);
  return command === 'completion' ? completionHelp(ui) : programHelp(ui);
}

type Row = readonly [left: string, right: string];

const usual = (ui: Ui): Row[] => [
  ['    --locale <en|es>', ui.help.locale],
  ['    --color', ui.help.color],
  ['-h, --help', ui.help.help],
  ['-V, --version', ui.help.version],
];

const ofCreate = (ui: Ui): Row[] => [
  ['-y, --yes', ui.help.yes],
  ['    --dry-run', ui.help.dryRun],
  ['    --json', ui.help.json],
  ['    --config <file>', ui.help.config],
];

function programHelp(ui: Ui): string {
  return [
    `create-kpi-flow ${version}: ${ui.help.tagline}`,
    ...section(ui.help.examples, [
      'npm create kpi-flow@latest my-kpi',
      'npx create-kpi-flow my-kpi --name "Stock cover" --type ratio --yes',
      'npx create-kpi-flow --config team.yaml --dry-run',
    ]),
    ...section(
      ui.help.commands,
      rows([
        ['create [dir]', ui.help.create],
        ['add, sync, undo …', ui.help.grow],
        ['doctor', ui.help.doctor],
        ['completion <shell>', ui.help.completion],
      ]),
    ),
    ...section(ui.help.options, rows([...ofCreate(ui), ...usual(ui)])),
    '',
    ui.help.more,
  ].join('\n');
}

function createHelp(ui: Ui, locale: Locale): string {
  const asked = questions.filter(({ flag }) => flag !== '--locale').map((each) => questionRow(ui, each, locale));
  const switches = [...ofCreate(ui), ['    --force', ui.help.force] as const, ...usual(ui)];
  return [
    `${ui.help.usage}: npx create-kpi-flow [dir] [options]`,
    ...section(ui.help.examples, [
      'npx create-kpi-flow my-kpi',
      'npx create-kpi-flow stock-cover --type ratio --target 0.8 --grain day,warehouse --yes',
      'npx create-kpi-flow my-kpi --yes --dry-run --json',
    ]),
    ...section(ui.help.questions, rows(asked)),
    ...section(ui.help.options, rows(switches)),
    '',
    ui.help.precedence,
  ].join('\n');
}

function questionRow(
  ui: Ui,
  { flag, boolean, positional, placeholder, choices, key, help, initial }: DeclaredField,
  locale: Locale,
): Row {
  const value = placeholder ?? choices?.map((each) => each.value).join('|') ?? key;
  const left = boolean
    ? `${flag}, --no-${flag.slice(2)}`
    : positional
      ? `[${value}], ${flag} <${value}>`
      : `${flag} <${value}>`;
  const usualValue = initial === undefined ? '' : ` ${ui.help.defaultsTo(initial[locale])}`;
  return [
    left.length > widest ? `${flag} <…>` : left,
    `${help[locale]}${left.length > widest ? ` (${value})` : ''}${usualValue}`,
  ];
}

function doctorHelp(ui: Ui): string {
  return [
    `${ui.help.usage}: npx create-kpi-flow doctor [--json]`,
    '',
    ui.help.doctor,
    ...section(ui.help.options, rows([['    --json', ui.help.json], ...usual(ui)])),
  ].join('\n');
}

/** The commands that work on a repository that is there. */
const onRepository = (ui: Ui): Row[] => [
  ['add <generator> <name> [kind]', ui.help.add],
  ['list', ui.help.list],
  ['describe <generator>', ui.help.describe],
  ['status', ui.help.status],
  ['sync [--check]', ui.help.sync],
  ['remove <stage>', ui.help.remove],
  ['rename <stage> <new>', ui.help.rename],
  ['undo', ui.help.undo],
  ['history', ui.help.history],
  ['own <file>', ui.help.own],
  ['why <file>', ui.help.why],
];

function repositoryHelp(ui: Ui, [left, text]: Row): string {
  const [name = ''] = left.split(' ');
  const flags = commands.find((each) => each.name === name)?.flags ?? [];
  const own = flags.map((flag): Row => [`${flag.short ?? '   '} ${flag.name}${flag.kind === 'value' ? ` <${flag.placeholder ?? ''}>` : ''}`, '']).filter(([each]) => !each.includes('--help') && !each.includes('--version'));
  return [`${ui.help.usage}: npx create-kpi-flow ${left}`, '', text, ...section(ui.help.options, own.map(([each]) => each))].join('\n');
}

function completionHelp(ui: Ui): string {
  const lines = [
    'bash:        npx create-kpi-flow completion bash >> ~/.bashrc',
    'zsh:         npx create-kpi-flow completion zsh > "${fpath[1]}/_kpi-flow"',
    'fish:        npx create-kpi-flow completion fish > ~/.config/fish/completions/kpi-flow.fish',
    'powershell:  npx create-kpi-flow completion powershell >> $PROFILE',
  ];
  return [
    `${ui.help.usage}: npx create-kpi-flow completion <${shells.join('|')}>`,
    '',
    ui.help.completion,
    ...section(ui.help.install, lines),
  ].join('\n');
}

const widest = 30;

function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...lines.map((line) => `  ${line}`)];
}

function rows(all: readonly Row[]): string[] {
  const width = Math.max(...all.map(([left]) => left.length)) + 2;
  return all.map(([left, right]) => `${left.padEnd(width)}${right}`);
}
