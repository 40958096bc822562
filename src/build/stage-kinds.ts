import type { Plugin } from 'rolldown';
import { evaluate } from './evaluate.ts';

const made = new Map<string, Promise<string>>();

/** What generators/kinds declares, as JSON: config.yaml is checked by it without loading a generator. */
export function stageKindsJson(root: string): Promise<string> {
  const json = made.get(root) ?? makeJson(root);
  made.set(root, json);
  return json;
}

async function makeJson(root: string): Promise<string> {
  const { declareKinds } = await evaluate<{ declareKinds: () => unknown }>(root, 'generators/declared.ts');
  return JSON.stringify(declareKinds());
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
