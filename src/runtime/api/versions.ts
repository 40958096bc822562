import { PrefectTooOld } from './api-errors.ts';
import type { PrefectClient } from './client.ts';

/** The first release that makes task runs out of events. */
export const lowestServer = '3.0.0';

/**
 * Asks a server for its release.
 * @throws PrefectTooOld when it cannot show task runs that are reported as events
 */
export async function probeVersion(client: PrefectClient): Promise<string | null> {
  const { status, text } = await client.send('GET', '/admin/version', undefined, { accept: [404, 403] });
  // Prefect Cloud keeps its release to itself, and is always new.
  if (status !== 200) return null;
  const version = text.replaceAll('"', '').trim();
  if (isOlder(version, lowestServer)) throw tooOld(`this server runs Prefect ${version}`, lowestServer);
  return version;
}

/** What a request that an older server does not know means. */
export function tooOld(what: string, needed: string): PrefectTooOld {
  return new PrefectTooOld(
    `${what}; Prefect ${needed} or newer is needed: upgrade the server (pip install -U "prefect>=${needed}")`,
  );
}

function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((each) => each.split('.').map((part) => Number.parseInt(part, 10)));
  if (left === undefined || right === undefined || Number.isNaN(left[0])) return false;
  const differing = right.findIndex((each, place) => each !== (left[place] ?? 0));
  return differing !== -1 && (left[differing] ?? 0) < (right[differing] ?? 0);
}
