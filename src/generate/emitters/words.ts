import { demandText } from './characters.ts';

/** A word that stands in code as it is. Everything else is our bug, found before anything is written. */
export function identifier(value: unknown): string {
  const text = demandText(value, 'identifier');
  if (!/^[a-z][a-z0-9_]*$/.test(text)) throw new TypeError(`identifier: ${JSON.stringify(text)} is not one`);
  return text;
}

/** A Python module below a package: `core.extractors.orders`. */
export function dotted(prefix: unknown, name: unknown): string {
  const path = demandText(prefix, 'dotted');
  if (!/^[a-z_]+(\.[a-z_]+)*$/.test(path)) throw new TypeError(`dotted: ${JSON.stringify(path)} is not a package`);
  return `${path}.${identifier(name)}`;
}

/** `on_time` as `on-time`, as Prefect's keys and package names are written. */
export function kebab(value: unknown): string {
  return identifier(value).replaceAll('_', '-');
}

/** `on_time` as `OnTime`, as OData and classes are named. */
export function pascal(value: unknown): string {
  return identifier(value).replaceAll(/(?:^|_+)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `on_time` as `ON_TIME`, as environment variables are written. */
export function upper(value: unknown): string {
  return identifier(value).toUpperCase();
}

/** `on_time` as `onTime`, as functions and variables are written in TypeScript. */
export function camel(value: unknown): string {
  return identifier(value).replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A finite number as Python, YAML, TOML and JSON all read it. */
export function number(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('number: expected a finite number');
  // A whole number beyond 2^53 written out would claim digits that it does not have, and readers refuse it.
  const isVast = Number.isInteger(value) && !Number.isSafeInteger(value);
  const text = isVast ? value.toExponential() : String(Object.is(value, -0) ? 0 : value);
  // `1e21` is a text to YAML 1.1 and lacks TOML's fraction; `1.0e+21` is a number to all of them
  return text.replace(/^(-?\d+)(\.\d+)?e([+-]?)(\d+)$/, (_, whole: string, fraction = '.0', sign: string, exponent: string) =>
    `${whole}${fraction}e${sign || '+'}${exponent.padStart(2, '0')}`);
}
