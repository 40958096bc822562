import { declare } from '../src/generate/declare.ts';
import type { DeclaredGenerator } from '../src/generate/declare.ts';
import { generators, stages } from './index.ts';

/** What the build embeds so that help and completion need neither zod nor the generators themselves. */
export function declareAll(): DeclaredGenerator[] {
  return [...Object.values(generators), ...Object.values(stages)].map((each) => declare(each as never));
}
