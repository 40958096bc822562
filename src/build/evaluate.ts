import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { rolldown } from 'rolldown';
import { kindsPlugin } from './kinds.ts';

/** What runs while building only declares and renders nothing: the modules that are built in stay empty for it. */
const emptyBuiltIns: Plugin = {
  name: 'kpi-flow:empty-built-ins',
  resolveId: (id) => (id.startsWith('virtual:') ? '\0empty' : null),
  load: (id) =>
    id === '\0empty'
      ? 'export const templates = {}, declared = [], stageKinds = [], configSchemas = {}, timezones = [], version = "", readVendor = () => [];'
      : null,
};

/**
 * Runs a TypeScript module of ours while building: bundled in memory, since Node 20 reads no TypeScript.
 * @param given what is built in for it and is not empty
 */
export async function evaluate<Exports>(root: string, file: string, given: readonly Plugin[] = []): Promise<Exports> {
  const plugins = [kindsPlugin(root), ...given, emptyBuiltIns];
  // The entry of yaml for browsers is ES modules: the other asks for `require`, which a module of text has not.
  const resolve = { alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') } };
  const bundle = await rolldown({ input: join(root, file), platform: 'node', plugins, resolve, logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  const code = Buffer.from(output[0].code).toString('base64');
  return import(`data:text/javascript;base64,${code}`) as Promise<Exports>;
}
