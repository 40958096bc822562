import type { Json } from '../types.ts';
import { PullStepError } from './pull-step-error.ts';

/** What a step is given, its placeholders filled. */
export type Inputs = Readonly<Record<string, Json>>;

/** What later steps may refer to. */
export type Output = Readonly<Record<string, string>>;

/** @throws PullStepError when it is not there */
export function textOf(inputs: Inputs, name: string, step: string): string {
  const value = optionalText(inputs, name);
  if (value === undefined) throw new PullStepError(`the step ${step} lacks "${name}"`);
  return value;
}

/** Undefined when it is not there, or empty. */
export function optionalText(inputs: Inputs, name: string): string | undefined {
  const value = inputs[name];
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** @throws PullStepError for one that would be left out without a word */
export function refuseUnknown(inputs: Inputs, known: readonly string[], step: string): void {
  const other = Object.keys(inputs).find((each) => !known.includes(each) && !reserved.includes(each));
  if (other !== undefined) throw new PullStepError(`the step ${step} does not know "${other}" (known: ${known.join(', ')})`);
}

/** Prefect's keys for any step. */
const reserved: readonly string[] = ['id', 'requires'];
