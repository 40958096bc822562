import { describe, expect, it } from 'vitest';
import { readReferences } from '../../src/config/references.ts';

describe('references', () => {
  it.each([
    ['plain $ and $5', []],
    ['${A}', [{ name: 'A' }]],
    ['${A:-}', [{ name: 'A', default: '' }]],
    ['${A_1:-sqlite:///x}', [{ name: 'A_1', default: 'sqlite:///x' }]],
    ['${A:?why not}', [{ name: 'A', message: 'why not' }]],
    ['x://${U}:${P:?}@${_h}/', [{ name: 'U' }, { name: 'P', message: '' }, { name: '_h' }]],
    ['$${A}', [{ name: 'A' }]],
  ])('%s', (text, expected) => {
    expect(readReferences(text)).toEqual(expected);
  });

  it.each([
    ['${A', 'open'],
    ['${', 'open'],
    ['${}', 'name'],
    ['${1A}', 'name'],
    ['${ A }', 'name'],
    ['${A-x}', 'form'],
    ['${A:+x}', 'form'],
    ['${A:}', 'form'],
    ['${A B}', 'form'],
    ['${A:-${B}}', 'nested'],
    ['${ok} ${A-x}', 'form'],
  ])('%s is none: %s', (text, fault) => {
    expect(readReferences(text)).toBe(fault);
  });
});
