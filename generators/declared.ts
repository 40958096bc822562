import type { DeclaredKind } from '../src/config/stage-kinds.ts';
import { declare } from '../src/generate/declare.ts';
import type { DeclaredGenerator } from '../src/generate/declare.ts';
import { declareKind } from '../src/generate/declare-kind.ts';
import { generators, additions, stages } from './index.ts';

/** What the build embeds so that help and completion need neither zod nor the generators themselves. */
export function declareAll(): DeclaredGenerator[] {
  return [...Object.values(generators).map((each) => declare(each as never)), ...Object.values(additions).map((each) => declare(each as never, true))];
}

/** What the build embeds so that config.yaml is checked by what its kinds declare. */
export function declareKinds(): DeclaredKind[] {
  return Object.values(stages).flatMap(({ group, kinds }) => kinds.map((kind) => declareKind(group, kind)));
}
