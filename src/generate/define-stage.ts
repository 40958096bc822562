import * as z from 'zod/mini';
import type { ConfigField, ConfigGroup } from '../config/edit-config.ts';
import type { Source } from '../config/config.ts';
import { checkStage } from '../config/names.ts';
import type { Bilingual } from '../errors/bilingual.ts';
import { asText, checkedBy, notText, refuse } from './answers/checked.ts';
import type { Checked, Refusal } from './answers/checked.ts';
import type { Addition, AdditionInput } from './define-addition.ts';
import type { Choice } from './define-generator.ts';
import { field, fieldsOf } from './define-generator.ts';
import type { KindKey } from '../config/stage-kinds.ts';
import type { KindOption } from './kind-options.ts';
import { optionFields, optionsOfKind } from './kind-options.ts';
import { planAdd } from './plan-add.ts';
import type { InputForm } from './input-form.ts';
import type { FileRule } from './project-files.ts';
import type { FrameLibrary } from './project-input.ts';
import type { ProjectView, SourceView } from './project-view.ts';
import type { TypescriptKind } from './typescript-stage.ts';

/** A stage as its templates see it. */
export interface StageItem {
  readonly name: string;
  readonly kind: string;
  /** Where it reads from or writes to, for kinds that do. */
  readonly source?: SourceView;
  readonly inputs: readonly { readonly name: string; readonly form: InputForm; readonly stage?: string }[];
  /** What its kind asks besides, by key; what nobody gave has its usual value. */
  readonly options: Readonly<Record<string, string>>;
}

/** A variable that people set for a kind, beside its source's address. */
export interface KindVariable {
  readonly name: string;
  readonly comment: Bilingual;
}

/** One kind of a stage: a folder of templates and this declaration are all there is to it. */
export interface StageKind {
  /** Its name: the one of the file that declares it. */
  readonly value: string;
  /** Where it stands among the kinds of its generator. */
  readonly rank: number;
  readonly label: Bilingual;
  /** The kind of source that it needs. */
  readonly source?: Source['kind'];
  /** How many inputs it takes, and of which kind of stage. */
  readonly inputs?: { readonly least: number; readonly most: number; readonly of: 'extractor' | 'any' };
  /** The keys that it has in config.yaml besides its kind, its source and what every stage has. */
  readonly keys?: readonly KindKey[];
  /** What stands in config.yaml under its name besides its kind, its source and what it was asked. */
  readonly fields?: (item: StageItem, view: ProjectView) => readonly ConfigField[];
  /** What it was asked, as its entry of config.yaml tells it: for options that are no keys. */
  readonly told?: (entry: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>>;
  /** Its module lies in prefect_flows/artifacts, since only prefect_flows may import Prefect. */
  readonly publishes?: true;
  /** What its data looks like: records, one row a period, or what its first input gives, counted. */
  readonly gives?: 'records' | 'periods' | 'counted';
  /** What stands under a new source besides its kind and its address. */
  readonly sourceFields?: (item: StageItem) => readonly ConfigField[];
  readonly files: (item: StageItem) => readonly FileRule[];
  /** What else its templates need. */
  readonly data?: (item: StageItem) => object;
  /** What it asks besides, of what no key of config.yaml says. */
  readonly options?: readonly KindOption[];
  /** Modules, with their tests, that several stages share and that come with the first one that needs them. */
  readonly modules?: (item: StageItem) => readonly string[];
  /** What pyproject.toml must list; in TypeScript, package.json. */
  readonly requirements?: (item: StageItem, frames: FrameLibrary) => readonly string[];
  /** The form of its source's address, for .env.example. */
  readonly address?: (item: StageItem) => string;
  /** How it is in TypeScript; nothing where it is not there yet. */
  readonly typescript?: TypescriptKind;
  /** What .env.example must name, besides its source's address. */
  readonly variables?: (item: StageItem) => readonly KindVariable[];
}

/** Declares a kind; the build takes its name from its file. */
export function defineKind(kind: Omit<StageKind, 'value'>): Omit<StageKind, 'value'> {
  return kind;
}

/** What somebody asked for. */
export interface StageInput {
  readonly name: string;
  readonly kind: string;
  readonly source?: string | undefined;
  readonly inputs: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
  /** The flow that is to run it, for who has more than one. */
  readonly flow?: string | undefined;
}

/** A generator that adds one stage to a repository. */
export interface StageGenerator extends Addition {
  /** Its group in config.yaml. */
  readonly group: Exclude<ConfigGroup, 'sources'>;
  readonly kinds: readonly StageKind[];
}

/** Names of columns and arguments are made from it, and must fit on a line of ruff's. */
const longestName = 40;

const say = (en: string, es: string): Bilingual => ({ en, es });

/** Declares a generator of stages once: its questions, flags, help and checks follow from its kinds. */
export function defineStage({ name, summary, group, kinds }: Pick<StageGenerator, 'name' | 'summary' | 'group' | 'kinds'>): StageGenerator {
  const choices: Choice[] = kinds.map(({ value, label }) => ({ value, label }));
  const input = () => z.strictObject({
    name: nameField(),
    kind: field(z.enum(choices.map(({ value }) => value) as [string, ...string[]]), {
      label: say('Kind', 'Tipo'),
      help: say('Decides which code is written.', 'Decide qué código se escribe.'),
      choices,
      positional: true,
      ...(choices.length > 1 && { required: true }),
      initial: () => choices[0]?.value,
    }),
    ...(kinds.some(({ source }) => source !== undefined) && { source: sourceField() }),
    ...(kinds.some(({ inputs }) => inputs !== undefined) && { inputs: inputsField() }),
    ...(group === 'loaders' && { flow: flowField() }),
    ...optionFields(kinds.map((each) => ({ options: optionsOfKind(each) }))),
  });
  let fields: Addition['fields'] | undefined;
  const generator: StageGenerator = {
    name,
    summary,
    group,
    kinds,
    // A command uses the fields of one generator.
    get fields() {
      return (fields ??= fieldsOf(input()));
    },
    // The fields' own schemas have just accepted every value.
    plan: (given, state, { force }) => planAdd(generator, { inputs: [], ...given, options: optionsIn(given, kinds) } as unknown as StageInput, state, force),
  };
  return generator;
}

/** What was given for the options of kinds, apart from what every stage is asked. */
function optionsIn(given: AdditionInput, kinds: readonly StageKind[]): Readonly<Record<string, unknown>> {
  const keys = new Set(kinds.flatMap((each) => optionsOfKind(each).map(({ key }) => key)));
  return Object.fromEntries(Object.entries(given).filter(([key]) => keys.has(key)));
}

/** Whether a generator adds a stage. */
export function isStageGenerator(generator: Addition): generator is StageGenerator {
  return 'group' in generator;
}

/** Checks the name of a stage that is to be. */
export function checkNewStage(text: string): Refusal | undefined {
  if (text.length > longestName) return refuse(`It is longer than ${longestName} characters.`, `Tiene más de ${longestName} caracteres.`);
  return checkStage(text);
}

function nameField() {
  const schema = checkedBy((raw): Checked<string> => {
    const text = asText(raw);
    if (text === undefined) return notText;
    return checkNewStage(text) ?? { value: text };
  });
  return field(schema, {
    label: say('Name', 'Nombre'),
    help: say('Names the module, the function, the task and the test.', 'Da nombre al módulo, a la función, a la tarea y a la prueba.'),
    positional: true,
    required: true,
    placeholder: 'name',
    initial: () => undefined,
  });
}

function sourceField() {
  return field(checkedBy((raw): Checked<string | undefined> => ({ value: asText(raw) || undefined })), {
    label: say('Source', 'Origen'),
    help: say('One of config.yaml, or a new name: then it is added with its variable.', 'Uno de config.yaml, o un nombre nuevo: entonces se añade con su variable.'),
    placeholder: 'source',
    positional: true,
    initial: () => '',
    initialText: say('the first one of that kind', 'el primero de ese tipo'),
  });
}

function flowField() {
  return field(checkedBy((raw): Checked<string> => ({ value: asText(raw) ?? '' })), {
    label: say('Flow', 'Flow'),
    help: say('Which flow is to load it, where several could.', 'Qué flow la carga, si podrían varios.'),
    placeholder: 'flow',
    flagOnly: true,
    initial: () => '',
    initialText: say('the one that has the input', 'el que tiene la entrada'),
  });
}

/** The names of stages in a list, or parted by commas. */
export function readStageList(raw: unknown): Checked<readonly string[]> {
  const parts = Array.isArray(raw) ? raw : String(raw ?? '').split(',');
  return { value: parts.map((each) => String(each).trim()).filter((each) => each !== '') };
}

function inputsField() {
  return field(checkedBy(readStageList), {
    label: say('Inputs', 'Entradas'),
    help: say('The stages, or variables of the flow, whose data it takes: a,b', 'Las etapas o variables del flow cuyos datos recibe: a,b'),
    placeholder: 'a,b',
    positional: true,
    initial: () => '',
  });
}
