import type { Plugin } from 'rolldown';
import { evaluate } from './evaluate.ts';

interface Declarations {
  readonly declareAll: () => unknown;
  readonly declareKinds: () => unknown;
}

const made = new Map<string, Promise<Declarations>>();

/** The generators, run once a build. */
function declarations(root: string): Promise<Declarations> {
  const running = made.get(root) ?? evaluate<Declarations>(root, 'generators/declared.ts');
  made.set(root, running);
  return running;
}

/** What the generators declare, as JSON: help and completion read this and load neither zod nor the generators. */
export async function declaredJson(root: string): Promise<string> {
  return JSON.stringify((await declarations(root)).declareAll());
}

/** What generators/kinds declares, as JSON: config.yaml is checked by it without loading a generator. */
export async function stageKindsJson(root: string): Promise<string> {
  return JSON.stringify((await declarations(root)).declareKinds());
}

const resolved = '\0virtual:stage-kinds';

/** Gives `virtual:stage-kinds` to a bundle that needs nothing else of what is built in. */
export function stageKindsPlugin(root: string): Plugin {
  return {
    name: 'kpi-flow:stage-kinds',
    resolveId: { filter: { id: /^virtual:stage-kinds$/ }, handler: () => resolved },
    load: {
      filter: { id: /^\0virtual:stage-kinds$/ },
      handler: async () => ({ code: `export const stageKinds = ${await stageKindsJson(root)};`, moduleType: 'js', moduleSideEffects: false }),
    },
  };
}
