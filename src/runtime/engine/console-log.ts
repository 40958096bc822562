/** What a person sees on stderr, in Prefect's own form. Lines are kept for a moment and written together. */

const words: Readonly<Record<number, string>> = { 10: 'DEBUG', 20: 'INFO', 30: 'WARNING', 40: 'ERROR', 50: 'CRITICAL' };

let waiting: string[] = [];
let silent = false;

/** For tests of flows: what is under test says enough. */
export function silence(on: boolean): boolean {
  const before = silent;
  silent = on;
  return before;
}

export function print(timestamp: number, level: number, label: string, message: string): void {
  if (silent) return;
  if (waiting.length === 0) setImmediate(flush);
  waiting.push(`${clockTime(timestamp)} | ${(words[level] ?? String(level)).padEnd(7)} | ${label} - ${message}\n`);
}

/** Also at the exit of the process, where nothing is left to wait for. */
export function flush(): void {
  const lines = waiting;
  waiting = [];
  if (lines.length > 0) process.stderr.write(lines.join(''));
}

process.on('exit', flush);

function clockTime(timestamp: number): string {
  const date = new Date(timestamp / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}
