let last = 0;

/**
 * Microseconds since 1970, each answer greater than the one before: no two states of this process share a time.
 * The clock of JavaScript has milliseconds; what comes within one is counted on.
 */
export function nowMicros(): number {
  const now = Date.now() * 1000;
  last = now > last ? now : last + 1;
  return last;
}

/** Milliseconds of a clock that nobody sets: how long something takes, or may take. Time of day jumps, by hours in a machine that slept. */
export function steadyMs(): number {
  return performance.now();
}

/** `2026-11-25T07:22:06.123456+00:00`, as Prefect writes it. */
export function isoMicros(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const rest = String(micros - milliseconds * 1000).padStart(3, '0');
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}+00:00`;
}

/** Microseconds of an ISO time with up to six decimals; Date.parse alone would lose the last three. */
export function parseMicros(iso: string): number {
  const milliseconds = Date.parse(iso);
  const finer = /\.\d{3}(\d{1,3})/.exec(iso)?.[1] ?? '';
  return milliseconds * 1000 + Number(finer.padEnd(3, '0'));
}
