import { createHash } from 'node:crypto';
import { project } from '../../generators/project.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { fillDefaults } from '../../src/generate/define-generator.ts';
import { planProject } from '../../src/generate/plan-project.ts';
import { writeRepository } from './use-repository.ts';

const facts = { version: '0.1.0', today: '2026-01-02', hash: (text: string) => createHash('sha256').update(text).digest('hex') };

/** Writes the repository that `create` makes of some answers. */
export async function makeRepository(folder: string, id: string, answers: RawAnswers): Promise<void> {
  const reading = project.read(fillDefaults(project, { dir: id, name: 'KPI', id, ...answers }, { locale: 'en', timezone: 'Europe/Madrid' }));
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
  await writeRepository(folder, [...planProject(reading.input, facts).values()].map(({ path, text }) => [path, text]));
}
