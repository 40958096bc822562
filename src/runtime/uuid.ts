import { crypto } from './crypto.ts';

const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Random bytes are fetched for 1024 ids at once: a call into the system for each would cost more than all the rest. */
const pool = new Uint8Array(10 * 1024);
let used = pool.length;

function random(): number {
  if (used >= pool.length) {
    crypto().randomFillSync(pool);
    used = 0;
  }
  const start = used;
  used += 10;
  return start;
}

function byte(at: number): string {
  return hex[pool[at] ?? 0] ?? '';
}

/** A uuid of version 7: ids of later moments sort later. */
export function uuid7(milliseconds: number): string {
  const at = random();
  const time = Math.floor(milliseconds).toString(16).padStart(12, '0');
  const version = hex[0x70 | ((pool[at] ?? 0) & 0x0f)] ?? '';
  const variant = hex[0x80 | ((pool[at + 2] ?? 0) & 0x3f)] ?? '';
  const tail = byte(at + 4) + byte(at + 5) + byte(at + 6) + byte(at + 7) + byte(at + 8) + byte(at + 9);
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}${byte(at + 1)}-${variant}${byte(at + 3)}-${tail}`;
}

/** A uuid of version 4, for names that show its first letters: those of version 7 would all begin alike. */
export function uuid4(): string {
  return crypto().randomUUID();
}
