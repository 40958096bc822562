import type { Checked } from './checked.ts';
import { asText, refuse } from './checked.ts';
import { readSchedule } from './schedule.ts';

/** One of the schedules of a deployment, as prefect.yaml has it. */
export type Schedule = { readonly cron: string } | { readonly interval: number } | { readonly rrule: string };

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const frequencies = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY'];
const parts = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', 'BYSETPOS', 'BYMONTH', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO', 'BYDAY', 'BYHOUR', 'BYMINUTE', 'BYSECOND'];

/** `0 6 * * 1-5 | every 30m | rrule FREQ=MONTHLY;BYDAY=-1FR` as a list; empty for `none`. */
export function readSchedules(raw: unknown): Checked<readonly Schedule[]> {
  const readings = (asText(raw) ?? '').split('|').map((each) => readOne(each.trim()));
  const refused = readings.find((each) => 'reason' in each);
  if (refused !== undefined && 'reason' in refused) return refused;
  return { value: readings.flatMap((each) => ('value' in each && each.value !== null ? [each.value] : [])) };
}

function readOne(text: string): Checked<Schedule | null> {
  const [word = '', ...rest] = text.split(/\s+/);
  if (word.toLowerCase() === 'every') return readInterval(rest.join(' '));
  if (word.toLowerCase() === 'rrule') return readRule(rest.join(''));
  const cron = readSchedule(text);
  if ('reason' in cron) return cron;
  return { value: cron.value === null ? null : { cron: cron.value } };
}

function readInterval(text: string): Checked<Schedule> {
  const found = /^([1-9]\d{0,5})([smhd])$/.exec(text);
  const interval = Number(found?.[1]) * (seconds[found?.[2] ?? ''] ?? 0);
  if (found !== null && interval >= 60) return { value: { interval } };
  return refuse('An interval is a number with m, h or d, and no less than a minute.', 'Un intervalo es un número con m, h o d, y de un minuto como poco.', 'every 30m');
}

function readRule(text: string): Checked<Schedule> {
  const pairs = text.split(';').map((each) => each.split('='));
  const bad = pairs.find(([key = '', value = '', more]) => !parts.includes(key) || !/^[A-Z0-9,+:-]+$/.test(value) || more !== undefined);
  const frequency = pairs.find(([key]) => key === 'FREQ')?.[1] ?? '';
  if (bad === undefined && frequencies.includes(frequency)) return { value: { rrule: text } };
  return refuse(
    `"${bad?.join('=') ?? text}" is not part of a recurrence rule (RFC 5545) that Prefect takes.`,
    `"${bad?.join('=') ?? text}" no es parte de una regla de recurrencia (RFC 5545) que admita Prefect.`,
    'rrule FREQ=MONTHLY;BYDAY=-1FR',
  );
}
