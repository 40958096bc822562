import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Clock, Environment } from '../jobs/ports.ts';

/** This machine, as the jobs see it. */
export function nodeEnvironment(): Environment {
  return {
    timezone: localZone(),
    platform: process.platform,
    cwd: process.cwd(),
    place: (folder) => resolve(folder),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
  };
}

/** A machine without a zone (some containers) counts as UTC. */
function localZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone === undefined || zone === 'Etc/Unknown' ? 'UTC' : zone;
}

/** The clock on the wall. */
export const wallClock: Clock = {
  today: () => {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((each) => String(each).padStart(2, '0')).join('-');
  },
};
