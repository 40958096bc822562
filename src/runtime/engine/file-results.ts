import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { SerializationError } from '../errors.ts';
import type { ResultRecord, ResultStore } from '../ports.ts';
import { uuid4 } from '../uuid.ts';

/** Where Prefect keeps results on this machine. */
export function storageFolder(env: NodeJS.ProcessEnv = process.env): string {
  const home = env['PREFECT_HOME'] ?? join(homedir(), '.prefect');
  return env['PREFECT_RESULTS_LOCAL_STORAGE_PATH'] ?? join(home, 'storage');
}

/** Results as files in Prefect's record format. A file appears whole or not at all. */
export function fileResults(folder: () => string = storageFolder): ResultStore {
  return {
    async read(key) {
      try {
        const record = JSON.parse(await readFile(pathOf(folder(), key), 'utf8')) as ResultRecord;
        return typeof record.result === 'string' && record.metadata?.serializer?.type === 'json' ? record : undefined;
      } catch {
        return undefined;
      }
    },
    async write(key, record) {
      const path = pathOf(folder(), key);
      const unfinished = `${path}.${uuid4()}`;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(unfinished, JSON.stringify(record));
      await rename(unfinished, path);
    },
    async delete(key) {
      await rm(pathOf(folder(), key), { force: true });
    },
  };
}

function pathOf(folder: string, key: string): string {
  const root = resolve(folder);
  const path = resolve(root, key);
  if (!path.startsWith(root + sep)) throw new SerializationError(`The storage key '${key}' leads out of ${root}.`);
  return path;
}

/** In memory, for flows under test. */
export function memoryResults(): ResultStore {
  const records = new Map<string, ResultRecord>();
  return {
    read: async (key) => records.get(key),
    write: async (key, record) => void records.set(key, record),
    delete: async (key) => void records.delete(key),
  };
}
