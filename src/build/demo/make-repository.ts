import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, problem } from '../../errors/failure.ts';
import { runToEnd } from '../../edge/process-group.ts';
import { demoEnvironment } from './environment.ts';

/** Where the worked example lies. */
export const example = join('docs', 'examples', 'on-time-performance');

/** Makes the repository as a person does: with the command that the package ships, and answers in a file. */
export async function createRepository(folder: string, signal: AbortSignal): Promise<void> {
  const args = [join('dist', 'create-kpi-flow.mjs'), folder, '--config', join(example, 'answers.yaml'), '--yes', '--no-install', '--no-git'];
  const outcome = await runToEnd({ file: process.execPath, args, env: { ...demoEnvironment(process.env), NO_COLOR: '1' } }, { seconds: 60, signal });
  if (outcome.code !== 0) throw new Failure([problem('E_BUG', { detail: `create-kpi-flow: ${outcome.output.trim().split('\n').slice(0, 6).join(' / ')}` })]);
}

/** Lays over it what the analyst writes afterwards, and says where the records are. */
export async function writeExample(folder: string, warehouse: string): Promise<void> {
  await cp(join(example, 'repository'), folder, { recursive: true });
  await writeFile(join(folder, '.env'), `WAREHOUSE_URL=${sqliteUrl(warehouse)}\n`);
}

/** SQLAlchemy's form: three slashes and the absolute path. */
function sqliteUrl(file: string): string {
  return `sqlite:///${file.replaceAll('\\', '/')}`;
}
