import type { Direction } from '../project-input.ts';
import type { Checked } from './checked.ts';
import { asText, refuse } from './checked.ts';

const signs: readonly (readonly [string, Direction])[] = [
  ['>=', 'higher_is_better'],
  ['≥', 'higher_is_better'],
  ['<=', 'lower_is_better'],
  ['≤', 'lower_is_better'],
  ['=', 'target_is_best'],
];

/** How a direction and a target read as one answer: `>= 0.8`. */
export function showTarget(direction: unknown, target: unknown): string {
  const sign = signs.find(([, each]) => each === direction)?.[0] ?? '>=';
  return `${sign} ${String(target)}`;
}

/** Takes `>= 0.8` apart; a number alone leaves the direction as it was. */
export function readTarget(text: string): { target: string; direction?: Direction } {
  const found = signs.find(([sign]) => text.trim().startsWith(sign));
  return found === undefined
    ? { target: text.trim() }
    : { direction: found[1], target: text.trim().slice(found[0].length).trim() };
}

/** A finite number, with a decimal point; a comma is the commonest slip and gets its own hint. */
export function readNumber(raw: unknown): Checked<number> {
  if (typeof raw === 'number' && Number.isFinite(raw)) return { value: raw };
  const text = asText(raw) ?? '';
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))) return { value: Number(text) };
  const pointed = text.replace(',', '.');
  if (/^[+-]?\d+\.\d+$/.test(pointed)) {
    return refuse('Decimals are written with a point.', 'Los decimales se escriben con punto.', pointed);
  }
  return refuse('It must be a number.', 'Tiene que ser un número.', '0.8');
}

/** Where a warning begins unless somebody says so: five per cent of the target on its worse side. */
export function usualWarning(direction: unknown, target: number): number {
  // A wrong target has its own problem; its warning must not become a second one.
  if (!Number.isFinite(target)) return 0;
  const margin = Math.abs(target) * 0.05;
  return roundTo(direction === 'higher_is_better' ? target - margin : target + margin, 12);
}

/** Without the noise of binary fractions: 0.8 - 0.04 is 0.76. */
function roundTo(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
