import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd } from './process-group.ts';

/** The two files of a new home: the empty database, and Prefect's note that its own block types are in it. */
const files = ['prefect.db', 'memo_store.toml'];

/** Makes a temporary home for a server, with a folder for what its runs leave when they are cut short. */
export async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'kpi-flow-prefect-'));
  await mkdir(temporaryOf(home));
  return home;
}

export function temporaryOf(home: string): string {
  return join(home, 'tmp');
}

export async function removeHome(home: string): Promise<void> {
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => undefined);
}

/**
 * Puts the empty database of an earlier start into a new home: making it anew is a third of the time that a
 * server takes to start. Says whether there was one for this release.
 */
export async function fillHome(home: string, cache: string | undefined, version: string): Promise<boolean> {
  if (cache === undefined) return false;
  try {
    for (const file of files) await copyFile(join(keptIn(cache, version), file), join(home, file));
    return true;
  } catch {
    await Promise.all(files.map((file) => rm(join(home, file), { force: true })));
    return false;
  }
}

const backup = [
  'import sqlite3, sys',
  'source, target = (sqlite3.connect(path) for path in sys.argv[1:3])',
  'source.backup(target)',
  'target.close()',
].join('\n');

/** Keeps the database of a server that was just started, and holds nothing yet, for the next one. */
export async function keepHome(home: string, cache: string | undefined, version: string, python: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (cache === undefined) return;
  const kept = keptIn(cache, version);
  const staged = `${kept}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(staged, { recursive: true });
    // SQLite's own backup: the server is writing, so a copy of the file could be torn.
    const outcome = await runToEnd({ file: python, args: ['-c', backup, join(home, 'prefect.db'), join(staged, 'prefect.db')], env }, { seconds: 20 });
    await copyFile(join(home, 'memo_store.toml'), join(staged, 'memo_store.toml'));
    if (outcome.code === 0) await rename(staged, kept);
  } catch {
    // Somebody else was first, or the disk refuses: the next server starts from nothing, as this one did.
  } finally {
    await rm(staged, { recursive: true, force: true }).catch(() => undefined);
  }
}

function keptIn(cache: string, version: string): string {
  return join(cache, `prefect-${version}`);
}
