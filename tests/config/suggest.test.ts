import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, suggest } from '../../src/config/suggest.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'ñ', '_'), maxLength: 8 });

describe('the distance of two words', () => {
  it('counts letters put in, left out, replaced, and swapped', () => {
    expect(editDistance('owner', 'owner')).toBe(0);
    expect(editDistance('ownr', 'owner')).toBe(1);
    expect(editDistance('owners', 'owner')).toBe(1);
    expect(editDistance('ownar', 'owner')).toBe(1);
    expect(editDistance('onwer', 'owner')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
  });

  it('is the same both ways, and nothing only between equal words', () => {
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max([...a].length, [...b].length));
      }),
    );
  });
});

describe('did you mean', () => {
  const keys = ['name', 'owner', 'unit', 'timeout_seconds', 'retries', 'id'];

  it.each([
    ['ownr', 'owner'],
    ['Owner', 'owner'],
    ['timeout-seconds', 'timeout_seconds'],
    ['timeoutseconds', 'timeout_seconds'],
    ['timeout', undefined],
    ['retry', undefined],
    ['retrys', 'retries'],
    ['xy', undefined],
    ['deployments', undefined],
    ['', undefined],
  ])('%s: %s', (word, expected) => {
    expect(suggest(word, keys)).toBe(expected);
  });

  it('never suggests what is not there, and always what was mistyped by one letter', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{4,12}$/), { minLength: 1 }), fc.nat(), fc.nat(), (known, which, at) => {
        const word = known[which % known.length] ?? '';
        const place = at % word.length;
        const suggestion = suggest(word.slice(0, place) + word.slice(place + 1), known);
        expect(known).toContain(suggestion);
      }),
    );
  });

  it('is not slow on long words', () => {
    expect(suggest('x'.repeat(100_000), keys)).toBeUndefined();
  });
});
