import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { readAnswersFile as readAnswers } from '../config/answers.ts';
import { loadYamlParser } from '../config/yaml-parser.ts';
import { errorCode } from '../edge/disk-problem.ts';
import { fail } from '../errors/failure.ts';
import type { Given } from '../jobs/create-answers.ts';
import { questions } from './declared-flags.ts';

/**
 * The answers in a file of a team.
 * @throws Failure when there is no such file, or with every problem in it, each at its line
 */
export async function readAnswersFile(file: string): Promise<Given> {
  await loadYamlParser();
  const { answers } = readAnswers(
    readBytes(file),
    file,
    questions.map(({ key }) => key),
  );
  const given = [...answers].map(([key, { value, fixed, open, why, where }]) => {
    return [key, { value, from: file, where, fixed, open, ...(why && { why }) }] as const;
  });
  return Object.fromEntries(given);
}

/** A pipe or a device would be read for ever, so only a file is. */
function readBytes(file: string): Uint8Array {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if (!fstatSync(descriptor).isFile()) fail('E_ANSWERS_FILE', { file, reason: 'folder' });
      return readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return fail('E_ANSWERS_FILE', { file, reason: code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable' });
  }
}
