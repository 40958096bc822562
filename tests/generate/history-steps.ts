import fc from 'fast-check';
import { stages } from '../../generators/index.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';

/** Names that a history gives to stages; some are taken from the beginning, and some become so. */
export const names = ['returns', 'clean_returns', 'net', 'net_by_day', 'kept', 'refunds', 'a_one', 'z_two', 'more_of_it', 'b_three', 'y_four', 'orders', 'conversion_daily'];
/** Names of further pipelines; `refunds` is one of a stage too, and the last is the KPI's. */
export const pipelines = ['weekly', 'sent_back', 'a_line', 'refunds', 'conversion'];
const sources = [undefined, undefined, undefined, 'warehouse', 'archive', 'lake'];
const titles = ['Nets by day', 'Años «netos» & _más_', 'Orders come late', 'Prefect orchestrates'];

export interface Adding {
  readonly do: 'add';
  readonly generator: keyof typeof stages;
  readonly kind: string;
  /** Which of the names. */
  readonly name: number;
  /** Which of what is there, each. */
  readonly inputs: readonly number[];
  readonly source?: string | undefined;
}

/** Anything else that can be added. */
export interface AddingOther {
  readonly do: 'add other';
  readonly generator: 'pipeline' | 'deployment' | 'notification' | 'adr';
  readonly given: RawAnswers;
  /** Which stages a pipeline runs, and which flow a deployment starts. */
  readonly chosen: readonly number[];
}

/** What a person does to any text of theirs. */
export const edits = {
  comment: (text: string, mark: string) => `${text}# ${mark}\n`,
  body: (text: string, mark: string) => text.replace(/^( {4})(?=return |orders = |frame = )/m, `$1# ${mark}\n$1`),
  windows: (text: string) => text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'),
  mark: (text: string) => `\ufeff${text.replace(/^\ufeff/, '')}`,
  imports: (text: string) => text.replace(/^(from [\w.]+ import \w+\r?\n)(from [\w.]+ import \w+\r?\n)/m, '$2$1'),
} as const;
export const flowEdits = {
  variable: (text: string) => text.replaceAll(/\borders\b(?= = tasks|\.result)/g, 'pedidos'),
  submit: (text: string) => text.replace('    tasks.publish_conversion(by_day)', '    tasks.publish_conversion.submit(by_day).wait()'),
  if: (text: string, mark: string) => text.replace(/^ {4}(tasks\.(?:publish_conversion|net|kept)\(\w+\))$/m, `    if by_day.height:  # ${mark}\n        $1`),
  twice: (text: string, mark: string) => text.replace(/^( {4}tasks\.conversion_daily)/m, `    by_day = by_day.head(9)  # ${mark}\n$1`),
} as const;
export const configEdits = {
  comment: (text: string, mark: string) => text.replace(/^( {2})(orders|sessions|net|returns):/m, `$1# ${mark}\n$1$2:`),
  quotes: (text: string) => text.replace(/^ {2}(sessions|returns|net):/m, '  "$1":').replace(/kind: cleaning/, "kind: 'cleaning'"),
  order: (text: string) => text.replace(/^( {2}clean_orders:\r?\n.*\r?\n)( {2}clean_sessions:\r?\n.*\r?\n)/m, '$2$1'),
  flow: (text: string) => text.replace(/^ {2}sessions:\r?\n {4}source: warehouse\r?\n/m, '  sessions: {source: warehouse}\n'),
  value: (text: string, mark: string) => text.replace(/^( {2}description: ).*?(\r?)$/m, `$1'${mark}: what counts'  # said anew$2`).replace(/^( {2}target: )0\.03/m, '$10.04'),
  retries: (text: string) => text.replace(/^( {2}(?:clean_orders|net|returns|orders):(\r?\n) {4}(?:kind|source): \w+)(?=\r?\n {2}\w)/m, '$1$2    retries: 5'),
  spaces: (text: string) => text.replace(/^(?=(?:extractors|transformers|loaders|flow):)/gm, lineEndOf(text)),
  top: (text: string) => text.replace(/^([^]*?^version: 1\r?\n)([^]*?)(^flow:\r?\n(?: {2}.*\r?\n)*)/m, '$1$3$2'),
  'swap extractors': (text: string) => text.replace(/^( {2}orders:\r?\n {4}.*\r?\n)( {2}sessions:.*\r?\n(?: {4}.*\r?\n)?)/m, '$2$1'),
} as const;

const lineEndOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** What a person writes into config.yaml who knows its form: a stage, at either end of its group, under a comment. */
export const stagesByHand = {
  extractor: { group: 'extractors', lines: ['source: warehouse'] },
  'new lake': { group: 'extractors', lines: ['source: by_hand'] },
  'new api': { group: 'extractors', lines: ['source: shop_by_hand'] },
  cleaning: { group: 'transformers', lines: ['kind: cleaning'] },
  calculation: { group: 'transformers', lines: ['kind: calculation', 'retries: 1'] },
  aggregation: { group: 'transformers', lines: ['kind: "aggregation"'] },
  table: { group: 'loaders', lines: ['source: warehouse', 'write: merge', 'strategy: upsert', 'keys:', '  - day', '  - channel'] },
  replaced: { group: 'loaders', lines: ['write: replace', 'source: warehouse'] },
  folder: { group: 'loaders', lines: ['source: by_hand', 'write: replace_partitions', "keys: ['day']"] },
  artifact: { group: 'loaders', lines: ['kind: artifact'] },
} as const;

const sourcesByHand: Readonly<Record<string, string>> = {
  by_hand: '{ kind: datalake, uri: "${BY_HAND_URI:-.data/lake}" }',
  shop_by_hand: '{ url: "${SHOP_BY_HAND_URL:-sample://}", kind: api, auth: bearer }',
};

export function writeStage(text: string, name: string, form: keyof typeof stagesByHand, atEnd: boolean, mark: string): string {
  const { group, lines } = stagesByHand[form];
  const end = lineEndOf(text);
  const entry = [`  # ${mark}`, `  ${name}:`, ...lines.map((line) => `    ${line}`)].map((line) => `${line}${end}`).join('');
  const source = lines.map((line) => line.replace('source: ', '')).find((line) => line in sourcesByHand && !text.includes(`\n  ${line}:`));
  const whole = source === undefined ? text : text.replace(/^(sources:.*\r?\n)/m, `$1  ${source}: ${sourcesByHand[source]?.replaceAll('$', '$$$$')}${end}`);
  return whole.replace(new RegExp(`^(${group}:.*\\r?\\n)((?: {2}.*\\r?\\n)*)`, 'm'), (_, head: string, entries: string) => (atEnd ? `${head}${entries}${entry}` : `${head}${entry}${entries}`));
}
export const deploymentEdits = {
  comment: (text: string, mark: string) => text.replace(/^( {2}- name: .*?)(\r?)$/m, `$1  # ${mark}$2`),
  above: (text: string, mark: string) => text.replace(/^(?= {2}- name: (?!.*conversion))/m, `  # ${mark}\n`),
  below: (text: string, mark: string) => `${text}      # ${mark}\n`,
  quotes: (text: string) => text.replace(/^( {2}- name: )([\w.-]+)/m, "$1'$2'"),
  // The last entry goes: nobody takes a deployment away but a person.
  drop: (text: string) => (text.match(/^ {2}- name: /gm)?.length === 1 ? text : text.replace(/\n {2}- name: (?![^]*\n {2}- name: )[^]*$/, '\n')),
} as const;

export type Edit =
  | { readonly do: 'delete'; readonly path: number }
  | { readonly do: 'edit'; readonly path: number; readonly form: keyof typeof edits }
  | { readonly do: 'edit flow'; readonly form: keyof typeof flowEdits }
  | { readonly do: 'edit config'; readonly form: keyof typeof configEdits }
  | { readonly do: 'write stage'; readonly form: keyof typeof stagesByHand; readonly name: number; readonly atEnd: boolean }
  | { readonly do: 'strike stage'; readonly name: number }
  | { readonly do: 'edit deployments'; readonly form: keyof typeof deploymentEdits };
export type Run =
  | Adding
  | AddingOther
  | { readonly do: 'remove'; readonly name: number }
  | { readonly do: 'rename'; readonly name: number; readonly next: number; readonly editReferences: boolean }
  | { readonly do: 'sync' };
export type Merge = { readonly do: 'merge'; readonly ours: Adding | AddingOther; readonly theirs: Adding | AddingOther };
export type Step = Run | Edit | Merge | { readonly do: 'undo' };

const keysOf = <Key extends string>(forms: Readonly<Record<Key, unknown>>) => fc.constantFrom(...(Object.keys(forms) as Key[]));
const adding: fc.Arbitrary<Adding> = fc.constantFrom(...(Object.keys(stages) as (keyof typeof stages)[])).chain((generator) =>
  fc.record({
    do: fc.constant('add' as const),
    generator: fc.constant(generator),
    kind: fc.constantFrom(...stages[generator].kinds.map(({ value }) => value)),
    name: fc.nat(names.length - 1),
    inputs: generator === 'extractor' ? fc.constant([]) : fc.uniqueArray(fc.nat(99), { minLength: generator === 'loader' ? 0 : 1, maxLength: generator === 'loader' ? 1 : 2 }),
    source: fc.constantFrom(...sources),
  }),
);
const answers: Readonly<Record<AddingOther['generator'], fc.Arbitrary<RawAnswers>>> = {
  pipeline: fc.record({ name: fc.constantFrom(...pipelines), schedule: fc.constantFrom('none', '0 7 * * 1') }),
  deployment: fc.record({ name: fc.constantFrom('nightly', 'A-first', 'weekly', 'z.last'), schedule: fc.constantFrom('none', '30 2 * * *'), parameters: fc.constantFrom('', 'start=2026-01-05') }),
  notification: fc.record({ name: fc.constantFrom('on-call', 'boss', 'alerts'), kind: fc.constantFrom('failed', 'crashed', 'late', 'missed', 'stale') }),
  adr: fc.record({ title: fc.constantFrom(...titles) }),
};
const addingOther: fc.Arbitrary<AddingOther> = fc.constantFrom(...(['pipeline', 'pipeline', 'pipeline', 'deployment', 'deployment', 'notification', 'adr'] as const)).chain((generator) =>
  fc.record({ do: fc.constant('add other' as const), generator: fc.constant(generator), given: answers[generator], chosen: fc.uniqueArray(fc.nat(99), { maxLength: 2 }) }),
);
const anything = fc.oneof({ weight: 2, arbitrary: adding }, { weight: 1, arbitrary: addingOther });

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: adding },
  { weight: 4, arbitrary: addingOther },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), name: fc.nat(99) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('rename' as const), name: fc.nat(99), next: fc.nat(names.length - 1), editReferences: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constantFrom({ do: 'sync' as const }, { do: 'undo' as const }, { do: 'undo' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('merge' as const), ours: anything, theirs: anything }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), path: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), path: fc.nat(), form: keysOf(edits) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit flow' as const), form: keysOf(flowEdits) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit config' as const), form: keysOf(configEdits) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('write stage' as const), form: keysOf(stagesByHand), name: fc.nat(names.length - 1), atEnd: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('strike stage' as const), name: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('edit deployments' as const), form: keysOf(deploymentEdits) }) },
);
