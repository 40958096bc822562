import { cp, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Failure, problem } from '../../errors/failure.ts';
import { runToEnd } from '../../edge/process-group.ts';
import { demoEnvironment } from './environment.ts';
import type { DemoLanguageName } from './options.ts';

/** Where the worked example lies. */
export const example = join('docs', 'examples', 'on-time-performance');

/** Makes the repository as a person does: with the command that the package ships, and answers in a file. */
export async function createRepository(folder: string, answers: readonly string[], signal: AbortSignal): Promise<void> {
  const args = [join('dist', 'create-kpi-flow.mjs'), folder, '--config', join(example, 'answers.yaml'), ...answers, '--yes', '--no-install', '--no-git'];
  const outcome = await runToEnd({ file: process.execPath, args, env: { ...demoEnvironment(process.env), NO_COLOR: '1' } }, { seconds: 60, signal });
  if (outcome.code !== 0) throw new Failure([problem('E_BUG', { detail: `create-kpi-flow: ${outcome.output.trim().split('\n').slice(0, 6).join(' / ')}` })]);
}

/** What both languages read as it is. */
const shared = new Set(['', '.sql', '.csv']);

/** Lays over it what the analyst writes afterwards, and says where the records are. */
export async function writeExample(folder: string, language: DemoLanguageName, address: string): Promise<void> {
  const python = join(example, 'repository');
  if (language === 'python') await cp(python, folder, { recursive: true });
  else {
    await cp(python, folder, { recursive: true, filter: (source) => shared.has(extname(source)) });
    await cp(join(example, 'typescript'), folder, { recursive: true });
  }
  await writeFile(join(folder, '.env'), `WAREHOUSE_URL=${address}\n`);
}
