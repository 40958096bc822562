import type { Config } from '../config/config.ts';
import type { Lock } from '../config/lock.ts';
import { viewSource } from './config-view.ts';
import { declaredKindOf, entryOf, sourceOf } from './declared-kind.ts';
import type { StageGenerator, StageItem, StageKind } from './define-stage.ts';
import type { SettingChanges } from './lock-changes.ts';
import { keysTold, optionsToRemember, standingOptions } from './kind-options.ts';
import { stagesOf } from './repository-state.ts';

/** A stage of config.yaml with the declaration of its kind: what adding it anew would start from. */
export interface StandingStage {
  readonly kind: StageKind;
  readonly item: StageItem;
}

/** What a repository says of its stages. */
export interface Standing {
  readonly config: Config;
  readonly lock: Lock;
}

/** A stage that stands in config.yaml; nothing for a kind that no generator has. */
export function standingStage(name: string, { config, lock }: Standing, generators: readonly StageGenerator[]): StandingStage | undefined {
  const group = stagesOf(config).get(name);
  const kinds = generators.find((each) => each.group === group)?.kinds ?? [];
  const declared = declaredKindOf(name, config)?.value;
  const kind = kinds.find(({ value }) => value === declared);
  if (kind === undefined) return undefined;
  const source = sourceOf(name, config);
  const view = source === undefined ? undefined : viewSource(source, config.sources[source] as Config['sources'][string]);
  const options = { ...standingOptions(kind, optionsSaid(name, lock), view), ...toldByEntry(name, kind, config) };
  return { kind, item: { name, kind: kind.value, inputs: [], options, ...(view && { source: view }) } };
}

function toldByEntry(name: string, kind: StageKind, config: Config): Readonly<Record<string, string>> {
  const entry = entryOf(name, config) as unknown as Readonly<Record<string, unknown>>;
  return { ...kind.told?.(entry), ...keysTold(kind.keys ?? [], entry) };
}

/** What a repository says of a stage's options, without those that its source decides. */
export function toldOptions(name: string, kind: StageKind, { config, lock }: Standing): Readonly<Record<string, string>> {
  const ofSource = new Set((kind.options ?? []).flatMap(({ key, ofSource: of }) => (of === undefined ? [] : [key])));
  const said = Object.entries(optionsSaid(name, lock)).filter(([key]) => !ofSource.has(key));
  return { ...Object.fromEntries(said), ...toldByEntry(name, kind, config) };
}

const head = 'option.';

/** What a stage was told when it was added, as the lock remembers it. */
export function optionsSaid(name: string, { settings }: Lock): Readonly<Record<string, string>> {
  const own = `${head}${name}.`;
  return Object.fromEntries([...settings].flatMap(([key, value]) => (key.startsWith(own) ? [[key.slice(own.length), value] as const] : [])));
}

/** The settings of the lock that are about one stage, each to be taken out. */
export function settingsOfStage(name: string, { settings }: Lock): SettingChanges {
  const own = [...settings.keys()].filter((key) => key.startsWith(`${head}${name}.`));
  return Object.fromEntries([`inputs.${name}`, `takes.${name}`, ...own].map((key) => [key, undefined]));
}

/** What the stages on a source say of it. */
export function optionsOfSource(source: string, { config, lock }: Standing): Readonly<Record<string, string>> {
  const users = [...stagesOf(config).keys()].filter((name) => sourceOf(name, config) === source);
  return Object.assign({}, ...users.map((name) => optionsSaid(name, lock))) as Readonly<Record<string, string>>;
}

/** The settings of the lock that remember what a stage was told. */
export function optionSettings(kind: StageKind, { name, options, source }: StageItem): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(optionsToRemember(kind, options, source)).map(([key, value]) => [`${head}${name}.${key}`, value.replaceAll(/\s+/g, ' ')]));
}
