import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { templatesPlugin } from './templates.ts';

/** Runs a TypeScript module of ours while building: bundled in memory, since Node 20 reads no TypeScript. */
export async function evaluate<Exports>(file: string, root: string): Promise<Exports> {
  const bundle = await rolldown({
    input: file,
    platform: 'node',
    plugins: [templatesPlugin(join(root, 'templates'))],
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`) as Promise<Exports>;
}
