import { rolldown } from 'rolldown';
import { runtimeGroups } from '../../vendor/runtime-groups.ts';

/** Characters of what an import of the runtime loads, minified: what a flow loads later is not in it. */
export async function sizeOfImport(): Promise<number> {
  const bundle = await rolldown({ input: { index: 'src/runtime/index.ts', exec: 'src/runtime/exec/exec.ts' }, platform: 'node', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: { groups: runtimeGroups } });
  await bundle.close();
  const chunks = output.filter((each) => each.type === 'chunk');
  const loaded = new Set<string>();
  const load = (name: string): void => {
    const chunk = chunks.find(({ fileName }) => fileName === name);
    if (chunk === undefined || loaded.has(name)) return;
    loaded.add(name);
    chunk.imports.forEach(load);
  };
  load('index.js');
  return chunks.filter(({ fileName }) => loaded.has(fileName)).reduce((sum, { code }) => sum + code.length, 0);
}
