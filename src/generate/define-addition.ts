import type * as z from 'zod/mini';
import type { Bilingual } from '../errors/bilingual.ts';
import type { Field, RawAnswer, RawAnswers } from './define-generator.ts';
import { fieldsOf } from './define-generator.ts';
import type { Growth } from './plan-add.ts';
import type { RepositoryState } from './repository-state.ts';

/** Facts of a run that adding may depend on; there is no clock below this line. */
export interface AddFacts {
  /** YYYY-MM-DD */
  readonly today: string;
  /** Writes generated files anew although somebody edited them. */
  readonly force: boolean;
}

/** What a door was given, as the fields' schemas accepted it. */
export type AdditionInput = Readonly<Record<string, unknown>>;

/** A generator that adds something to a repository that is there. */
export interface Addition {
  readonly name: string;
  readonly summary: Bilingual;
  /** What it can be a kind of; none when there is only one. */
  readonly kinds: readonly { readonly value: string; readonly label: Bilingual }[];
  readonly fields: Readonly<Record<string, Field>>;
  /** @throws Failure for what cannot be; then nothing has happened */
  readonly plan: (input: AdditionInput, state: RepositoryState, facts: AddFacts) => Growth;
}

export interface AdditionDefinition<Input> {
  readonly name: string;
  readonly summary: Bilingual;
  readonly kinds?: Addition['kinds'];
  /** Each field registered by `field`, as in `defineGenerator`; made when it is asked for, as a command uses one generator. */
  readonly input: () => z.ZodMiniObject;
  readonly plan: (input: Input, state: RepositoryState, facts: AddFacts) => Growth;
}

/** Declares a generator of something that is no stage; every door reads the same declaration. */
export function defineAddition<Input>({ name, summary, kinds = [], input, plan }: AdditionDefinition<Input>): Addition {
  let fields: Addition['fields'] | undefined;
  return {
    name,
    summary,
    kinds,
    get fields() {
      return (fields ??= fieldsOf(input()));
    },
    // The fields' own schemas have just accepted every value; their types stand in the generator's Input.
    plan: (given, state, facts) => plan(given as unknown as Input, state, facts),
  };
}

/** Whether something without a default is not answered. */
export function lacks({ fields }: Addition, given: RawAnswers): boolean {
  return Object.values(fields).some(({ key, meta }) => meta.required === true && isEmpty(given[key]));
}

/** Nothing, or nothing in it. */
export function isEmpty(answer: RawAnswer | undefined): boolean {
  return answer === undefined || answer === '';
}
