import { declared } from 'virtual:declared';
import type { DeclaredField } from '../generate/declare.ts';

/** A flag as help, completion and the command line see it. */
export interface Flag {
  /** `--dry-run` */
  readonly name: string;
  readonly short?: string;
  /** The field of the generator that it answers, or the key of the switch itself. */
  readonly key: string;
  /** Takes a value, or is on when it is there, or has a `--no-` form too. */
  readonly kind: 'value' | 'switch' | 'boolean';
  readonly placeholder?: string;
  readonly choices?: readonly string[];
}

const values = (name: string, placeholder: string, choices?: readonly string[]): Flag => {
  return { name, key: name.slice(2), kind: 'value', placeholder, ...(choices && { choices }) };
};
const onOff = (name: string, short?: string): Flag => ({
  name,
  key: name.slice(2),
  kind: 'switch',
  ...(short !== undefined && { short }),
});

const locale = values('--locale', 'en|es', ['en', 'es']);
const common: readonly Flag[] = [
  locale,
  { name: '--color', key: 'color', kind: 'boolean' },
  onOff('--help', '-h'),
  onOff('--version', '-V'),
];

/** The flags of `create` that are no question. */
const ofCreate: readonly Flag[] = [
  onOff('--yes', '-y'),
  onOff('--dry-run'),
  onOff('--json'),
  values('--config', 'file'),
  onOff('--force'),
];

/** The questions of `create`, in order. */
export const questions: readonly DeclaredField[] = declared.find(({ name }) => name === 'project')?.fields ?? [];

/** What can be added to a repository. */
export const stageNames: readonly string[] = declared.filter(({ name }) => name !== 'project').map(({ name }) => name);

/** The shells that completion knows. */
export const shells: readonly string[] = ['bash', 'zsh', 'fish', 'powershell'];

export interface Command {
  readonly name: string;
  readonly flags: readonly Flag[];
  /** How many words it takes, and which, where they are known. */
  readonly positionals: number;
  readonly words?: readonly string[];
}

/** What every command on a repository that may change it takes. */
const changing: readonly Flag[] = [onOff('--dry-run'), onOff('--diff'), onOff('--json'), onOff('--force'), onOff('--yes', '-y')];
/** What a generator is asked, each once; which of them asks it, its job knows, and which values it has. */
const ofStage: readonly Flag[] = [
  ...new Map(declared.filter(({ name }) => name !== 'project').flatMap(({ fields }) => fields.map((each) => [each.key, { ...values(each.flag, each.placeholder ?? each.key), key: each.key }]))).values(),
  values('--input', 'a'),
];

/** The flags of `add` that answer a generator, by key. */
export const stageKeys: readonly string[] = ofStage.map(({ key }) => key);

/** Every command with all that may follow it: the one list that parsing, help and completion read. */
export const commands: readonly Command[] = [
  {
    name: 'create',
    flags: [...ofCreate, ...questions.map(flagOf).filter(({ name }) => name !== '--locale'), ...common],
    positionals: 1,
  },
  { name: 'add', flags: [...ofStage, ...changing, ...common], positionals: 5, words: stageNames },
  { name: 'sync', flags: [onOff('--check'), ...changing, ...common], positionals: 0 },
  { name: 'remove', flags: [...changing, ...common], positionals: 1 },
  { name: 'rename', flags: [onOff('--edit-references'), ...changing, ...common], positionals: 2 },
  { name: 'own', flags: [...changing, ...common], positionals: 1 },
  { name: 'undo', flags: [...changing, ...common], positionals: 0 },
  ...['status', 'history', 'list'].map((name) => ({ name, flags: [onOff('--json'), ...common], positionals: 0 })),
  { name: 'describe', flags: [onOff('--json'), ...common], positionals: 1, words: stageNames },
  { name: 'why', flags: [onOff('--json'), ...common], positionals: 1 },
  { name: 'doctor', flags: [onOff('--json'), ...common], positionals: 0 },
  { name: 'completion', flags: common, positionals: 1, words: shells },
];

function flagOf({ flag, key, boolean, choices, placeholder }: DeclaredField): Flag {
  if (boolean) return { name: flag, key, kind: 'boolean' };
  const known = choices?.map(({ value }) => value);
  return {
    name: flag,
    key,
    kind: 'value',
    placeholder: placeholder ?? known?.join('|') ?? key,
    ...(known && { choices: known }),
  };
}
