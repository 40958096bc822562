import { stageKinds } from 'virtual:stage-kinds';
import type { Bilingual } from '../errors/bilingual.ts';

/** The groups of config.yaml that hold stages. */
export type StageGroup = 'extractors' | 'transformers' | 'loaders';

/** A key of config.yaml that stages of one kind have, besides those that every stage has. */
export interface KindKey {
  readonly key: string;
  readonly help: Bilingual;
  /** What it can be; a line of text where nothing is said. */
  readonly form?: 'text' | 'integer' | 'boolean' | 'columns' | 'table';
  /** The words of which it is one, in place of a form. */
  readonly values?: readonly string[];
  /** The whole of a text, as JavaScript and Python both read it: `^[A-Z]{2}$`. */
  readonly pattern?: string;
  /** The bounds of an integer. */
  readonly least?: number;
  readonly most?: number;
  readonly required?: true;
  /** What holds when nothing is said. */
  readonly initial?: string | number | boolean;
  /** With it the key is a flag of `add` too. */
  readonly label?: Bilingual;
}

/** A kind of stage as plain data: all that config.yaml, its schema and the generated settings need to know of it. */
export interface DeclaredKind {
  readonly group: StageGroup;
  readonly value: string;
  readonly label: Bilingual;
  /** The kind of source that it needs. */
  readonly source?: string;
  /** Whether its module lies in prefect_flows/artifacts. */
  readonly publishes: boolean;
  /** What its data looks like: records, one row a period, or what its first input gives, counted. */
  readonly gives?: 'records' | 'periods' | 'counted';
  readonly keys: readonly KindKey[];
}

/** The kinds of a group, in the order of their ranks. */
export function kindsIn(group: StageGroup): readonly DeclaredKind[] {
  return stageKinds.filter((each) => each.group === group);
}

/** Whether config.yaml need not say it: a stage on a source of that very name is of no other kind. */
export function isImplied({ value, source }: Pick<DeclaredKind, 'value' | 'source'>): boolean {
  return source === value;
}

/** The kind of an entry of config.yaml: the one that it says, else the one of its source. */
export function kindOfEntry(group: StageGroup, entry: { readonly kind?: unknown; readonly source?: unknown }, sourceKind: (name: string) => unknown): DeclaredKind | undefined {
  const kinds = kindsIn(group);
  if (entry.kind !== undefined) return kinds.find((each) => each.value === entry.kind && !isImplied(each));
  if (typeof entry.source !== 'string') return undefined;
  const kind = sourceKind(entry.source);
  return kinds.find((each) => isImplied(each) && each.value === kind);
}

/** The keys of several kinds, each once: with all the words that any of them takes, and required where all require it. */
export function mergeKeys(kinds: readonly DeclaredKind[]): readonly KindKey[] {
  const names = [...new Set(kinds.flatMap(({ keys }) => keys.map(({ key }) => key)))];
  return names.map((name) => {
    const { required: _, initial, values, ...first } = own(name, kinds)[0] as KindKey;
    const all = own(name, kinds);
    const isNeeded = all.length === kinds.length && all.every(({ required }) => required === true);
    const isSame = all.length === kinds.length && all.every((each) => each.initial === initial);
    return {
      ...first,
      ...(values && { values: [...new Set(all.flatMap((each) => each.values ?? []))] }),
      ...(isNeeded && { required: true }),
      ...(isSame && initial !== undefined && { initial }),
    };
  });
}

function own(name: string, kinds: readonly DeclaredKind[]): KindKey[] {
  return kinds.flatMap(({ keys }) => keys.filter(({ key }) => key === name));
}
