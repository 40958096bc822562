import { timezones } from 'virtual:timezones';
import { checkTimezone } from '../../config/timezone.ts';
import type { Checked } from './checked.ts';
import { asText, refuse } from './checked.ts';

const ranges: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];
const names: readonly (readonly string[])[] = [
  [],
  [],
  [],
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
];

/** How a schedule and its zone read as one answer: `0 6 * * * Europe/Madrid`, or `none`. */
export function showSchedule(schedule: unknown, timezone: unknown): string {
  return isNone(schedule) ? 'none' : `${String(schedule)} ${String(timezone)}`;
}

/** Takes `0 6 * * * Europe/Madrid` apart; without a sixth word the zone stays as it was. */
export function splitSchedule(text: string): { schedule: string; timezone?: string } {
  const words = text.trim().split(/\s+/);
  if (words.length <= 5) return { schedule: words.join(' ') };
  return { schedule: words.slice(0, 5).join(' '), timezone: words.slice(5).join(' ') };
}

/** A cron line of five fields, or null for `none`. */
export function readSchedule(raw: unknown): Checked<string | null> {
  if (isNone(raw)) return { value: null };
  const fields = (asText(raw) ?? '').split(/\s+/);
  if (fields.length !== 5) {
    return refuse(
      'A cron line has five fields: minute, hour, day of the month, month, day of the week. Or it is none.',
      'Una línea de cron tiene cinco campos: minuto, hora, día del mes, mes y día de la semana. O bien es none.',
      '0 6 * * *',
    );
  }
  const bad = fields.find((field, index) => !isCronField(field, index));
  return bad === undefined
    ? { value: fields.join(' ') }
    : refuse(`"${bad}" is not a field of a cron line.`, `"${bad}" no es un campo de una línea de cron.`, '0 6 * * *');
}

function isNone(raw: unknown): boolean {
  return raw === null || raw === false || (typeof raw === 'string' && ['', 'none', 'no'].includes(raw.trim().toLowerCase()));
}

function isCronField(field: string, index: number): boolean {
  return field.split(',').every((part) => isCronPart(part, index));
}

function isCronPart(part: string, index: number): boolean {
  const found = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(part);
  if (found === null) return false;
  const [, from = '', to, step] = found;
  if (step !== undefined && Number(step) === 0) return false;
  if (from === '*') return to === undefined;
  const low = cronValue(from, index);
  const high = to === undefined ? low : cronValue(to, index);
  return low !== undefined && high !== undefined && low <= high;
}

function cronValue(text: string, index: number): number | undefined {
  const [low, high] = ranges[index] ?? [0, 0];
  const named = names[index]?.indexOf(text.toLowerCase()) ?? -1;
  const value = named >= 0 ? named + low : /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= low && value <= high ? value : undefined;
}

/** An IANA time zone, in the list's own spelling whatever the case it was typed in. */
export function readTimezone(raw: unknown): Checked<string> {
  const text = asText(raw) ?? '';
  const known = timezones.includes(text) ? text : timezones.find((zone) => zone.toLowerCase() === text.toLowerCase());
  if (known !== undefined) return { value: known };
  const refusal = checkTimezone(text);
  if (refusal === undefined) return { value: text };
  return refuse(
    'It is not a time zone of the IANA list.',
    'No es una zona horaria de la lista de IANA.',
    refusal.suggestion ?? 'Europe/Madrid',
  );
}
