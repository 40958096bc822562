import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../src/config/secrets.ts';
import { showText } from '../../src/config/show-text.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const made = (...parts: string[]) => parts.join('');
const secrets = [
  'postgresql://kpi:hunter2@db/kpi',
  'https://user:p%40ss@example.com',
  'redis://:hunter2@cache:6379',
  'postgresql://kpi:${PW:-hunter2}@db/kpi',
  'Server=db;Password=hunter2;',
  'mssql+pyodbc://db/kpi?pwd=hunter2',
  'https://x.example.com/a?sig=abcdefghijkl%3D',
  made('AK', 'IA', 'IOSFODNN7EXAMPLE'),
  made('gh', 'p_', 'a'.repeat(36)),
  made('github', '_pat_', 'a'.repeat(30)),
  made('glpat', '-', 'a'.repeat(20)),
  made('xox', 'b-', '1234567890-abc'),
  made('eyJ', 'hbGciOiJIUzI1NiJ9', '.eyJ', 'zdWIiOiIxMjM0', '.abc'),
  made('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIB\n-----END'),
  made('AIza', 'a'.repeat(35)),
  made('AccountKey=', 'a'.repeat(44)),
  made('pn', 'u_', 'a'.repeat(36)),
  made('sk-', 'proj-', 'a'.repeat(40)),
  made('da', 'pi', '0'.repeat(32)),
  made('npm', '_', 'a'.repeat(36)),
];

describe('secrets', () => {
  it.each(secrets)('%# is found', (secret) => {
    expect(findSecrets(`see ${secret} there`).length).toBeGreaterThan(0);
    expect(showText(`see ${secret} there`)).toContain('•');
  });

  it.each([
    'sqlite:///.data/sample.sqlite',
    'postgresql://db.example.com:5432/kpi',
    'postgresql://kpi@db.example.com/kpi',
    'postgresql://kpi:${DB_PASSWORD}@db/kpi',
    'postgresql://${USER}:${DB_PASSWORD:?ask the platform team}@db/kpi',
    'https://example.com/a:b@c',
    'ana.perez@example.com',
    'Share of passwords that were changed',
    'password=${DB_PASSWORD}',
    'a token of esteem',
    'sk-learn-based-forecast',
    'AKIA',
  ])('%s is none', (text) => {
    expect(findSecrets(text)).toEqual([]);
  });

  it('are searched for in little time, whatever the text', () => {
    const parts = ['://a:', 'eyJ-', 'eyJaaaaaaaa.', 'password=', '-----BEGIN PRIVATE KEY-----', 'sig=', '?sig=a', 'AKIA', 'a'.repeat(99)];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 20 }), (some) => {
        expect(findSecrets(some.join('').repeat(20))).toBeInstanceOf(Array);
      }),
      { numRuns: 50 },
    );
  });
});
