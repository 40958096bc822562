import * as z from 'zod/mini';
import type { ConfigField, ConfigGroup } from '../config/edit-config.ts';
import type { SourceKind } from './project-input.ts';
import { checkStage } from '../config/names.ts';
import type { Bilingual } from '../errors/bilingual.ts';
import { asText, checkedBy, notText, refuse } from './answers/checked.ts';
import type { Checked } from './answers/checked.ts';
import type { Choice, Field } from './define-generator.ts';
import { field, fieldsOf } from './define-generator.ts';
import type { FileRule } from './project-files.ts';
import type { ProjectView, SourceView } from './project-view.ts';

/** What the data of an input looks like: records, records counted in columns, one row a period, or nobody knows. */
export type InputForm = 'records' | 'counted' | 'periods' | 'unknown';

/** A stage as its templates see it. */
export interface StageItem {
  readonly name: string;
  readonly kind: string;
  /** Where it reads from or writes to, for kinds that do. */
  readonly source?: SourceView;
  readonly inputs: readonly { readonly name: string; readonly form: InputForm }[];
}

/** One kind of a stage: a folder of templates and this declaration are all there is to it. */
export interface StageKind {
  readonly value: string;
  readonly label: Bilingual;
  /** The kind of source that it needs. */
  readonly source?: SourceKind;
  /** How many inputs it takes, and of which kind of stage. */
  readonly inputs?: { readonly least: number; readonly most: number; readonly of: 'extractor' | 'any' };
  /** What stands in config.yaml under its name. */
  readonly fields: (item: StageItem, view: ProjectView) => readonly ConfigField[];
  readonly files: (item: StageItem) => readonly FileRule[];
  /** What else its templates need. */
  readonly data?: (item: StageItem) => object;
  /** What pyproject.toml must list. */
  readonly requirements?: readonly string[];
}

/** What somebody asked for. */
export interface StageInput {
  readonly name: string;
  readonly kind: string;
  readonly source?: string | undefined;
  readonly inputs: readonly string[];
}

/** A generator that adds one stage to a repository. */
export interface StageGenerator {
  readonly name: string;
  readonly summary: Bilingual;
  /** Its group in config.yaml. */
  readonly group: Exclude<ConfigGroup, 'sources'>;
  readonly kinds: readonly StageKind[];
  readonly fields: Readonly<Record<string, Field>>;
}

/** Names of columns and arguments are made from it, and must fit on a line of ruff's. */
const longestName = 40;

const say = (en: string, es: string): Bilingual => ({ en, es });

/** Declares a generator of stages once: its questions, flags, help and checks follow from its kinds. */
export function defineStage({ name, summary, group, kinds }: Omit<StageGenerator, 'fields'>): StageGenerator {
  const choices: Choice[] = kinds.map(({ value, label }) => ({ value, label }));
  const input = z.strictObject({
    name: nameField(),
    kind: field(z.enum(choices.map(({ value }) => value) as [string, ...string[]]), {
      label: say('Kind', 'Tipo'),
      help: say('Decides which code is written.', 'Decide qué código se escribe.'),
      choices,
      positional: true,
      initial: () => choices[0]?.value,
    }),
    ...(kinds.some(({ source }) => source !== undefined) && { source: sourceField() }),
    ...(kinds.some(({ inputs }) => inputs !== undefined) && { inputs: inputsField() }),
  });
  return { name, summary, group, kinds, fields: fieldsOf(input) };
}

function nameField() {
  const schema = checkedBy((raw): Checked<string> => {
    const text = asText(raw);
    if (text === undefined) return notText;
    if (text.length > longestName) return refuse(`It is longer than ${longestName} characters.`, `Tiene más de ${longestName} caracteres.`);
    return checkStage(text) ?? { value: text };
  });
  return field(schema, {
    label: say('Name', 'Nombre'),
    help: say('Names the module, the function, the task and the test.', 'Da nombre al módulo, a la función, a la tarea y a la prueba.'),
    positional: true,
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

function inputsField() {
  const schema = checkedBy((raw): Checked<readonly string[]> => {
    const parts = Array.isArray(raw) ? raw : String(raw ?? '').split(',');
    return { value: parts.map((each) => String(each).trim()).filter((each) => each !== '') };
  });
  return field(schema, {
    label: say('Inputs', 'Entradas'),
    help: say('The stages, or variables of the flow, whose data it takes: a,b', 'Las etapas o variables del flow cuyos datos recibe: a,b'),
    placeholder: 'a,b',
    positional: true,
    initial: () => '',
  });
}
