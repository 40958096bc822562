import { fail } from '../errors/failure.ts';
import type { StageGenerator, StageItem, StageKind } from './define-stage.ts';
import { pascal, upper } from './emitters/words.ts';
import type { FileRule } from './file-rule.ts';
import { isRecords } from './input-form.ts';
import type { KindOption } from './kind-options.ts';
import type { ProjectView } from './project-view.ts';
import type { RepositoryState } from './repository-state.ts';

/** How a kind is in a TypeScript repository, where it is otherwise than in Python. It asks nothing that is not listed here. */
export type TypescriptKind = Pick<StageKind, 'files'> & Partial<Pick<StageKind, 'fields' | 'options' | 'modules' | 'requirements' | 'address' | 'variables'>>;

/** A module of a stage with its test, from the folder of its kind. */
export function typescriptPair(folder: string, kind: string, path: string, name: string): FileRule[] {
  return [
    { template: `stage/${folder}/${kind}.ts`, path, owner: 'seed' },
    { template: `stage/${folder}/${kind}.test.ts`, path: `tests/unit/${name}.test.ts`, owner: 'seed' },
  ];
}

/** The generators with the kinds that a repository's language has. */
export function generatorsIn(language: 'python' | 'typescript', generators: readonly StageGenerator[]): readonly StageGenerator[] {
  if (language === 'python') return generators;
  return generators.map((each) => ({ ...each, kinds: each.kinds.flatMap((kind) => inTypescript(kind) ?? []) }));
}

function inTypescript(kind: StageKind): StageKind | undefined {
  // What Python needs is left behind.
  const { typescript, options: _options, modules: _modules, requirements: _requirements, address: _address, variables: _variables, ...rest } = kind;
  return typescript === undefined ? undefined : { ...rest, ...typescript };
}

/**
 * A kind as a repository's language has it.
 * @throws Failure E_LANGUAGE_NOT_YET for what TypeScript repositories cannot do yet, E_ANSWER_REFUSED for what they will not
 */
export function kindIn(language: 'python' | 'typescript', generator: string, kind: StageKind, said: Readonly<Record<string, string>> = {}): { readonly kind: StageKind; readonly given: Readonly<Record<string, string>> } {
  if (language === 'python') return { kind, given: said };
  const found = inTypescript(kind) ?? fail('E_LANGUAGE_NOT_YET', { subject: `${generator} ${kind.value}` });
  const given = Object.fromEntries(Object.entries(said).filter(([key, value]) => !isUsualElsewhere(key, value, kind, found)));
  const foreign = (kind.options ?? []).filter(({ key }) => !found.options?.some((each) => each.key === key));
  // What is usual in Python may be said: it asks for nothing.
  const asked = foreign.find(({ key, initial, choices }) => ![undefined, '', initial ?? choices?.[0]?.value].includes(given[key]));
  const other = found.options?.find(({ key, choices }) => (given[key] ?? '') !== '' && choices?.some(({ value }) => value === given[key]) === false && kind.options?.some((each) => each.key === key && each.choices?.some(({ value }) => value === given[key])));
  if (other !== undefined) refuseChoice(other, given[other.key] ?? '');
  if (asked !== undefined) fail('E_LANGUAGE_NOT_YET', { subject: `--${asked.key.replaceAll('_', '-')} ${given[asked.key] ?? ''}` });
  const left = Object.entries(given).filter(([key]) => !foreign.some((each) => each.key === key));
  return { kind: found, given: Object.fromEntries(left) };
}

/** A choice that TypeScript lacks: for good, with a reason, or so far. */
function refuseChoice({ key, refused }: KindOption, value: string): never {
  const flag = `--${key.replaceAll('_', '-')}`;
  const refusal = refused?.[value];
  return refusal === undefined ? fail('E_LANGUAGE_NOT_YET', { subject: `${flag} ${value}` }) : fail('E_ANSWER_REFUSED', { flag, value, ...refusal });
}

/** A choice that TypeScript lacks, and that is what a Python repository takes when nobody says: it asks for nothing. */
function isUsualElsewhere(key: string, value: string, kind: StageKind, found: StageKind): boolean {
  const [own, other] = [kind, found].map(({ options }) => options?.find((each) => each.key === key)?.choices);
  return value === own?.[0]?.value && other?.some((each) => each.value === value) === false;
}

/** What a stage gets from others, as its templates in TypeScript name them. */
export function viewTakes({ name, inputs }: StageItem, { stages, graph }: ProjectView): object {
  const isExtractor = (stage: string): boolean => stages['extractors']?.includes(stage) === true;
  const takes = inputs.map(({ name: input, stage = input, form }) => ({ stage, folder: isExtractor(stage) ? 'extractors' : 'transformers', isRaw: form === 'raw' }));
  const declared = declaring(inputs, graph);
  return {
    takes: takes.map((each) => ({ ...each, parts: takes.map(({ stage }) => ({ name: stage, own: stage === each.stage })) })),
    isAlone: takes.length === 1,
    declared: isExtractor(declared) ? declared : '',
    first: takes[0]?.stage ?? name,
    completes: takes.some(({ isRaw }) => isRaw),
  };
}

/** The extractor whose columns records have that are loaded as they are; empty where what comes was counted, and has others. */
function declaring([input]: StageItem['inputs'], { rows }: ProjectView['graph']): string {
  if (input === undefined || !isRecords(input.form)) return '';
  const { name, stage = name } = input;
  const extractor = input.form === 'raw' ? stage : (rows.find((row) => row.name === stage)?.inputs[0] ?? '');
  // `A` would be a type and columns at once.
  return extractor === '' || pascal(extractor) === upper(extractor) ? '' : extractor;
}

/**
 * Stops what is not there yet in TypeScript repositories, before anything is planned.
 * @throws Failure E_LANGUAGE_NOT_YET
 */
export function refuseInTypescript({ settings }: Pick<RepositoryState, 'settings'>, subject: string): void {
  if (settings.language === 'typescript') fail('E_LANGUAGE_NOT_YET', { subject });
}
