import type { Given } from '../jobs/create-answers.ts';

/** Placeholder until src/config/answers.ts is there. */
export async function readAnswersFile(_file: string): Promise<Given> {
  return {};
}
