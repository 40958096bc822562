import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A folder that is made once for everybody who needs it. */
export interface SharedFolder<Made> {
  readonly folder: string;
  /** What making it gave, or nothing when it was there already. */
  readonly made?: Made;
}

/** How a shared folder is made, and when one that was made no longer counts. */
export interface Making<Made> {
  isWhole(folder: string): boolean;
  make(folder: string): Promise<Made>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives the folder that the file `pointer` names, and has it made when there is none. Two processes that ask at once
 * get the same one: each would build in a folder of its own and publish by one rename, and whoever comes
 * second waits for the first, so that the work is done once as a rule and never spoilt.
 * @param pointer its folder is there already
 */
export async function sharedFolder<Made>(pointer: string, making: Making<Made>): Promise<SharedFolder<Made>> {
  return (await published(pointer, making)) ?? (await waitForOther(pointer, making)) ?? (await makeAndPublish(pointer, making));
}

/** A folder that was made and is no longer whole (its program upgraded, removed) does not count. */
async function published<Made>(pointer: string, { isWhole }: Making<Made>): Promise<SharedFolder<Made> | undefined> {
  const name = await readFile(pointer, 'utf8').catch(() => undefined);
  if (name === undefined) return undefined;
  const folder = `${pointer}-${name}`;
  return isWhole(folder) ? { folder } : undefined;
}

const freshMs = 15_000;

/** Waits while somebody else builds. Their sign of life grows old when they were killed. */
async function waitForOther<Made>(pointer: string, making: Making<Made>): Promise<SharedFolder<Made> | undefined> {
  const { signal } = making;
  for (;;) {
    if (!(await isBuilding(pointer))) return await published(pointer, making);
    await sleep(200, undefined, signal === undefined ? {} : { signal });
    const ready = await published(pointer, making);
    if (ready !== undefined) return ready;
  }
}

async function isBuilding(pointer: string): Promise<boolean> {
  const sign = await stat(`${pointer}.building`).catch(() => undefined);
  return sign !== undefined && Date.now() - sign.mtimeMs < freshMs;
}

async function makeAndPublish<Made>(pointer: string, making: Making<Made>): Promise<SharedFolder<Made>> {
  const sign = `${pointer}.building`;
  // Only one of two that come at the same moment makes the sign; the other goes back to waiting.
  const mine = await writeFile(sign, String(process.pid), { flag: 'wx' }).then(() => true, () => false);
  if (!mine && (await isBuilding(pointer))) {
    const ready = await waitForOther(pointer, making);
    if (ready !== undefined) return ready;
  }
  const beat = setInterval(() => void utimes(sign, new Date(), new Date()).catch(() => undefined), freshMs / 5);
  const name = randomBytes(4).toString('hex');
  const folder = `${pointer}-${name}`;
  try {
    await utimes(sign, new Date(), new Date()).catch(() => undefined);
    const made = await making.make(folder);
    await writeFile(`${pointer}.${name}`, name);
    await rename(`${pointer}.${name}`, pointer);
    return { folder, made };
  } finally {
    clearInterval(beat);
    await rm(sign, { force: true }).catch(() => undefined);
  }
}
