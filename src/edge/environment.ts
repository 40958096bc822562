import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
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

/**
 * The zone of this machine. Opening the tables of Intl takes as long as rendering a repository, so what POSIX
 * keeps at hand is asked first; a machine without a zone (some containers) counts as UTC.
 */
function localZone(): string {
  const zone = zoneIn(process.env['TZ'] ?? localtimeLink()) ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [undefined, 'Etc/Unknown', 'Etc/UTC', 'Etc/UCT', 'Universal'].includes(zone) ? 'UTC' : (zone ?? 'UTC');
}

function localtimeLink(): string {
  try {
    return readlinkSync('/etc/localtime');
  } catch {
    return '';
  }
}

/** `Europe/Madrid`, from a variable or a path below zoneinfo; not `CET-1CEST`, nor a place in another folder. */
function zoneIn(text: string): string | undefined {
  const name = /(?:^:?|\/zoneinfo\/(?:posix\/|right\/)?)([A-Z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*)$/.exec(text)?.[1];
  return name !== undefined && (name.includes('/') || name === 'UTC') ? name : undefined;
}

/** The clock on the wall. */
export const wallClock: Clock = {
  today: () => {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
      .map((each) => String(each).padStart(2, '0'))
      .join('-');
  },
};
