import { canonical } from '../cache-policy.ts';
import type { Json, JsonObject } from '../types.ts';
import { DeployError } from './deploy-error.ts';
import { asObject } from './deployment-file.ts';

/** A schedule as it is to stand. What the file does not say is left as it stands: somebody may have paused it. */
export interface DesiredSchedule {
  readonly slug: string | null;
  readonly replaces: string | null;
  readonly active: boolean | null;
  readonly schedule: JsonObject;
  readonly parameters: JsonObject;
}

/** One that stands on the server. */
export interface StandingSchedule {
  readonly id: string;
  readonly slug: string | null;
  readonly active: boolean;
  readonly schedule: JsonObject;
  readonly parameters: JsonObject;
}

const known = ['cron', 'interval', 'rrule', 'timezone', 'anchor_date', 'active', 'parameters', 'slug', 'replaces', 'day_or'];

/** @throws DeployError */
export function readSchedules(value: Json | undefined, at: string): DesiredSchedule[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) throw new DeployError('file', `${at} has to be a list`);
  return (value as readonly Json[]).map((each, index) => readSchedule(asObject(each, `${at}[${index}]`), `${at}[${index}]`));
}

function readSchedule(given: JsonObject, at: string): DesiredSchedule {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new DeployError('file', `${at}.${unknown} is no key of a schedule; those are ${known.join(', ')}`);
  return {
    slug: text(given, 'slug'),
    replaces: text(given, 'replaces'),
    active: given['active'] === undefined ? null : isTrue(given['active']),
    schedule: scheduleOf(given, at),
    parameters: (given['parameters'] ?? {}) as JsonObject,
  };
}

function scheduleOf(given: JsonObject, at: string): JsonObject {
  const kinds = ['cron', 'interval', 'rrule'].filter((each) => given[each] !== undefined && given[each] !== null);
  if (kinds.length !== 1) throw new DeployError('file', `${at} needs exactly one of cron, interval and rrule`);
  const timezone = given['timezone'] === undefined ? {} : { timezone: given['timezone'] };
  if (kinds[0] === 'cron') return { cron: given['cron'] ?? null, ...timezone, ...(given['day_or'] === undefined ? {} : { day_or: isTrue(given['day_or']) }) };
  if (kinds[0] === 'rrule') return { rrule: given['rrule'] ?? null, ...timezone };
  const anchor = given['anchor_date'] === undefined ? {} : { anchor_date: String(given['anchor_date']) };
  return { interval: secondsOf(given['interval'] ?? null, at), ...anchor, ...timezone };
}

/** Seconds, `HH:MM:SS`, or ISO 8601 (`PT1H30M`, `P1D`). */
function secondsOf(value: Json, at: string): number {
  if (typeof value === 'number') return value;
  const clock = /^(?:(\d+) )?(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(String(value));
  const iso = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(String(value));
  const sum = (parts: readonly (string | undefined)[], units: readonly number[]): number =>
    units.reduce((all, unit, index) => all + unit * Number(parts[index] ?? 0), 0);
  if (clock) return sum(clock.slice(1), [86_400, 3600, 60, 1]);
  if (iso) return sum(iso.slice(1), [604_800, 86_400, 3600, 60, 1]);
  throw new DeployError('file', `${at}.interval is no duration: ${String(value)} (seconds, HH:MM:SS, or PT1H)`);
}

function text(given: JsonObject, key: string): string | null {
  const value = given[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

function isTrue(value: Json | undefined): boolean {
  return value === true || (typeof value === 'string' && ['true', '1', 'yes', 'on'].includes(value.toLowerCase()));
}

/** How one is shown: `main: 0 6 * * * Europe/Madrid`. */
export function showSchedule({ slug, schedule, active }: { slug: string | null; schedule: JsonObject; active: boolean | null }): string {
  const { cron, interval, rrule, timezone } = schedule as { cron?: string; interval?: number; rrule?: string; timezone?: string };
  const when = cron ?? rrule ?? `every ${interval} s`;
  return `${slug === null ? '' : `${slug}: `}${when}${timezone ? ` ${timezone}` : ''}${active === false ? ' (not active)' : ''}`;
}

export interface ScheduleChanges {
  readonly added: readonly DesiredSchedule[];
  readonly changed: readonly { readonly from: StandingSchedule; readonly to: DesiredSchedule }[];
  readonly removed: readonly StandingSchedule[];
}

/**
 * What has to happen so that exactly the wanted schedules stand. A slug says which is which; without one, a schedule
 * that says the same is the same. Null means that the file says nothing of schedules: all stay.
 */
export function compareSchedules(standing: readonly StandingSchedule[], wanted: readonly DesiredSchedule[] | null): ScheduleChanges {
  if (wanted === null) return { added: [], changed: [], removed: [] };
  const left = new Set(standing);
  const take = (isIt: (each: StandingSchedule) => boolean): StandingSchedule | undefined => {
    const found = [...left].find(isIt);
    if (found !== undefined) left.delete(found);
    return found;
  };
  const bySlug = wanted.map((to) => take(({ slug }) => slug !== null && slug === to.slug) ?? take(({ slug }) => slug !== null && slug === to.replaces));
  const pairs = wanted.map((to, index) => ({ to, from: bySlug[index] ?? take((each) => (each.slug === null || to.slug === null) && isSameTime(each.schedule, to.schedule)) }));
  return {
    added: pairs.filter(({ from }) => from === undefined).map(({ to }) => to),
    changed: pairs.filter((pair): pair is { from: StandingSchedule; to: DesiredSchedule } => pair.from !== undefined && !isSame(pair.from, pair.to)),
    removed: [...left],
  };
}

function isSame(from: StandingSchedule, to: DesiredSchedule): boolean {
  const isActive = to.active === null || to.active === from.active;
  return isActive && from.slug === to.slug && isSameTime(from.schedule, to.schedule) && canonical(from.parameters) === canonical(to.parameters);
}

/** The server adds what was not said: `day_or` is true, a time zone UTC, an anchor some moment. */
function isSameTime(standing: JsonObject, wanted: JsonObject): boolean {
  const kind = (each: JsonObject): string => ['cron', 'interval', 'rrule'].find((key) => key in each) ?? '';
  if (kind(standing) !== kind(wanted)) return false;
  const zone = (each: JsonObject): string => String(each['timezone'] ?? 'UTC');
  if (zone(standing) !== zone(wanted) || (standing['day_or'] ?? true) !== (wanted['day_or'] ?? true)) return false;
  const anchor = wanted['anchor_date'];
  if (anchor !== undefined && Date.parse(String(anchor)) !== Date.parse(String(standing['anchor_date']))) return false;
  return standing[kind(wanted)] === wanted[kind(wanted)];
}
