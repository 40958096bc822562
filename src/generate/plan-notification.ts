import { viewConfig } from './config-view.ts';
import { camel } from './emitters/words.ts';
import { extensionOf } from './language.ts';
import { lockOps } from './lock-changes.ts';
import { planNewFile } from './new-file.ts';
import type { Growth, Remark } from './plan-add.ts';
import { planGenerated, planNeeded } from './plan-generated.ts';
import type { RepositoryState } from './repository-state.ts';
import { checkModules, settingsWith } from './repository-state.ts';

/**
 * What is told where, and Prefect's type of block for each. None of Prefect's speaks SMTP, but that of Slack hands an address
 * that is not Slack's to Apprise, which does.
 */
export const blockTypes = { slack: 'slack-webhook', teams: 'ms-teams-webhook', email: 'sendgrid-email', smtp: 'slack-webhook', webhook: 'custom-webhook' } as const;

export interface NotificationInput {
  readonly name: string;
  readonly kind: string;
  readonly channel: keyof typeof blockTypes;
  /** The name of the block that sends. */
  readonly block: string;
}

/** Makes automations known to Prefect. */
export const switchModule = 'prefect_flows/automations.py';

/** The command for that, and the modules that a repository needs for it: in TypeScript the runtime does. */
const switches = {
  python: { command: '.venv/bin/python -m prefect_flows.automations', modules: [switchModule] },
  typescript: { command: 'node node_modules/@kpi-flow/runtime/automations.mjs', modules: [] },
} as const;

/**
 * Plans an automation of Prefect, as a file, and what it needs to work.
 * @throws Failure E_FILE_EXISTS
 */
export function planNotification({ name, kind, channel, block }: NotificationInput, state: RepositoryState, force = false): Growth {
  const { language } = state.settings;
  const { command, modules } = switches[language];
  const path = `automations/${name}.yaml`;
  const rule = { template: `notification/${kind}.yaml`, path, owner: 'seed', data: { notification: { name, block: `${blockTypes[channel]}/${block}`, isBySmtp: channel === 'smtp', switchOn: command } } } as const;
  const freshness = kind === 'stale' ? freshnessFor(state) : undefined;
  const view = viewConfig(state.config, settingsWith(state, (path) => freshness !== undefined && checkModules[language].includes(path)));
  const ops = [
    planNewFile(rule, view, state),
    ...planNeeded(state, view, freshness === undefined ? modules : [...modules, ...checkModules[language]]),
    ...(freshness === undefined ? [] : planGenerated(state, view, force)),
  ];
  return { plan: { ops: [...ops, ...lockOps(state, ops)] }, remarks: [...(freshness === undefined ? [] : [freshness]), { kind: 'next', step: 'automation', command }] };
}

const decorator = ['from core.checks import checked, freshness', '', '@checked(freshness("occurred_at", days=1), on_failure="warn")'];

const statementFor = (stage: string): string[] => ["import { checked, freshness } from '../checks.ts';", '', `checked(${camel(stage)}, [freshness('occurred_at', { days: 1 })], 'warn');`];

/** Where no transformer looks at how fresh its data is, nobody would ever be told: the lines that make one look. */
function freshnessFor({ config, read, settings: { language } }: RepositoryState): Remark | undefined {
  const fileOf = (name: string): string => `src/core/transformers/${name}.${extensionOf(language)}`;
  const files = Object.keys(config.transformers).map(fileOf);
  if (files.some((path) => /\bfreshness\(/.test(read(path) ?? ''))) return undefined;
  const first = Object.entries(config.transformers).find(([, { kind }]) => kind === 'cleaning')?.[0];
  const file = first === undefined ? 'src/core/transformers' : fileOf(first);
  return { kind: 'fresh', file, lines: language === 'python' ? decorator : statementFor(first ?? 'clean') };
}
