import { linkSync, mkdirSync, readFileSync, readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fail } from '../errors/failure.ts';
import { errorCode } from './disk-problem.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
}

const longestWaitMs = 10_000;

/**
 * Keeps other runs out of a folder. A name is taken by linking a file that is whole already, so nobody ever reads
 * half of it; what a killed run left is set aside by renaming and looked at again, so that two who come at once
 * cannot both take it for theirs.
 * @returns what lets the next one in
 * @throws Failure E_RUN_ACTIVE when somebody works there for longer than a person waits
 */
export async function lockFolder(folder: string, command: string, waitMs: number = longestWaitMs): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  const name = join(folder, 'running');
  const own = join(folder, `running-${process.pid}-${randomBytes(4).toString('hex')}`);
  writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname(), command } satisfies Holder), { flag: 'wx' });
  try {
    await takeName(own, name, waitMs);
    tryTo(() => removeLeftovers(folder));
    return () => tryTo(() => unlinkSync(name));
  } finally {
    tryTo(() => unlinkSync(own));
  }
}

/** The names of runs that were killed before they had the folder, or while they waited for it. */
function removeLeftovers(folder: string): void {
  for (const each of readdirSync(folder).filter((found) => /^running-\d+-/.test(found))) {
    const path = join(folder, each);
    const holder = readHolder(readText(path) ?? '');
    if (holder !== undefined && isGone(holder)) tryTo(() => unlinkSync(path));
  }
}

async function takeName(own: string, name: string, waitMs: number): Promise<void> {
  for (let waited = 0; ; waited += 50) {
    if (tryLink(own, name)) return;
    const text = readText(name);
    const holder = text === undefined ? undefined : readHolder(text);
    if (text !== undefined && (holder === undefined || isGone(holder))) setAside(name, own, text);
    else if (waited >= waitMs && holder !== undefined) fail('E_RUN_ACTIVE', { ...holder });
    else await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function readHolder(text: string): Holder | undefined {
  try {
    const found = JSON.parse(text) as Partial<Holder>;
    return typeof found.pid === 'number' && typeof found.host === 'string' ? { pid: found.pid, host: found.host, command: String(found.command) } : undefined;
  } catch {
    return undefined;
  }
}

function isGone({ pid, host }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Only one may set aside at a time; what was set aside in error is put back before anybody else can come. */
function setAside(name: string, own: string, dead: string): void {
  const breaker = `${name}-breaker`;
  if (!tryLink(own, breaker)) {
    const other = readText(breaker);
    const holder = other === undefined ? undefined : readHolder(other);
    if (holder !== undefined && isGone(holder)) tryTo(() => unlinkSync(breaker));
    return;
  }
  try {
    if (readText(name) !== dead) return;
    const aside = `${own}-aside`;
    renameSync(name, aside);
    if (readText(aside) !== dead) tryLink(aside, name);
    tryTo(() => unlinkSync(aside));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  } finally {
    tryTo(() => unlinkSync(breaker));
  }
}

function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // Somebody else removed it, or will.
  }
}
