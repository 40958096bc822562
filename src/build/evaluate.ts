import type { Plugin } from 'rolldown';
import { rolldown } from 'rolldown';

/** What runs while building only declares and renders nothing: the modules that are built in stay empty for it. */
const emptyBuiltIns: Plugin = {
  name: 'kpi-flow:empty-built-ins',
  resolveId: (id) => (id.startsWith('virtual:') ? '\0empty' : null),
  load: (id) =>
    id === '\0empty'
      ? 'export const templates = {}, declared = [], configSchemas = {}, timezones = [], version = "";'
      : null,
};

/** Runs a TypeScript module of ours while building: bundled in memory, since Node 20 reads no TypeScript. */
export async function evaluate<Exports>(file: string): Promise<Exports> {
  const bundle = await rolldown({ input: file, platform: 'node', plugins: [emptyBuiltIns], logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  const code = Buffer.from(output[0].code).toString('base64');
  return import(`data:text/javascript;base64,${code}`) as Promise<Exports>;
}
