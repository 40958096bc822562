import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { VendorFile } from './vendor-files.ts';

/** What the vendored package is made from: its sources, and the programs that bundle them and write its types. */
const origins = ['src/runtime', 'src/config', 'src/errors', 'src/messages', 'src/build/vendor', 'LICENSE', 'package-lock.json'];

/**
 * Makes it only when something changed: types alone take a second, and several builds a day would wait for them.
 * @param facts what is built in besides the sources
 */
export async function remembered(root: string, facts: string, make: () => Promise<VendorFile[]>): Promise<VendorFile[]> {
  const file = join(root, '.cache', `vendor-${await hashOf(root, facts)}.json`);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as VendorFile[];
  const files = await make();
  await mkdir(dirname(file), { recursive: true });
  // Another build may read it at this moment: it appears whole.
  await writeFile(`${file}.${process.pid}`, JSON.stringify(files));
  await rename(`${file}.${process.pid}`, file);
  return files;
}

async function hashOf(root: string, facts: string): Promise<string> {
  const hash = createHash('sha256').update(facts);
  for (const origin of origins) {
    const names = origin.startsWith('src/') ? (await readdir(join(root, origin), { recursive: true })).filter((name) => name.endsWith('.ts')).toSorted() : [''];
    for (const name of names) hash.update(`${origin}/${name}`).update(await readFile(join(root, origin, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
