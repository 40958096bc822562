import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { Problem } from '../../src/errors/failure.ts';
import { explain } from '../../src/messages/speak.ts';

const fixtures = join(import.meta.dirname, '../fixtures/config');
const filesOf = (folder: string) => readdirSync(join(fixtures, folder)).filter((file) => file.endsWith('.yaml'));
const bytesOf = (folder: string, file: string) => new Uint8Array(readFileSync(join(fixtures, folder, file)));

/** What every refusal says, as a person would see it. */
function spoken(problems: readonly Problem[]): string {
  const texts = problems.flatMap((each) => (['en', 'es'] as const).map((locale) => explain(each, locale)));
  return JSON.stringify([texts, problems]) + problems.map((each) => each.where?.frame).join('\n');
}

function problemsOf(input: string | Uint8Array): readonly Problem[] {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof Failure) return error.problems;
    throw error;
  }
  return [];
}

describe('config.yaml that is accepted', () => {
  it.each(filesOf('accepted'))('%s', (file) => {
    expect(problemsOf(bytesOf('accepted', file)).map((each) => [each.code, each.args, each.where?.frame])).toEqual([]);
  });
});

describe('config.yaml that is refused', () => {
  it.each(filesOf('refused'))('%s', (file) => {
    const bytes = bytesOf('refused', file);
    const expected = /^# refused: (.*)\n/.exec(new TextDecoder().decode(bytes))?.[1] ?? '';
    const problems = problemsOf(bytes);
    expect(problems.length).toBeGreaterThan(0);
    if (expected !== '*') expect(problems.map(({ code }) => code).sort()).toEqual(expected.split(' ').sort());
    for (const { where } of problems) expect(where?.line, JSON.stringify(where)).toBeGreaterThan(0);
    expect(spoken(problems)).not.toMatch(/undefined|\[object|hunter2/i);
  });
});
