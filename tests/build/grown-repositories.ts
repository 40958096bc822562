import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeRepositories } from '../../src/edge/repository.ts';
import { planProject } from '../../src/index.ts';
import { runCli, snapshot } from '../cli/command-line.ts';

/** A command with the repository it starts from, and how its files look before and after. */
export interface Change {
  readonly args: readonly string[];
  /** A folder that is copied for each try. */
  readonly from: string;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

const answers = { dir: 'made', name: 'Sales', id: 'sales', locale: 'en', git: 'false', install: 'false' };
export const env = { KPI_FLOW_LOCALE: 'en', CI: '1' };

/** Writes a new repository. */
export function makeRepository(root: string): string {
  for (const { path, text } of planProject(answers, { today: '2026-01-05' })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** A stage added, one taken back, and one that somebody wrote into config.yaml by hand. */
export async function makeChanges(home: string): Promise<Readonly<Record<'add' | 'sync' | 'undo', Change>>> {
  const fresh = makeRepository(join(home, 'fresh'));
  const add = await measure(home, fresh, ['add', 'extractor', 'returns', 'sql']);
  const undo = await measure(home, join(home, 'add'), ['undo']);
  const edited = copyOf(fresh, join(home, 'edited'));
  const file = join(edited, 'config/config.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/^extractors:\n/m, 'extractors:\n  returns:\n    source: warehouse\n'));
  return { add, undo, sync: await measure(home, edited, ['sync']) };
}

async function measure(home: string, from: string, args: readonly string[]): Promise<Change> {
  const to = copyOf(from, join(home, args[0] ?? ''));
  const { code, stderr } = await runCli('kpi-flow', args, { cwd: to, env });
  if (code !== 0) throw new Error(stderr);
  return { args, from, before: filesOf(from), after: filesOf(to) };
}

export function copyOf(from: string, to: string): string {
  cpSync(from, to, { recursive: true });
  return to;
}

/** What people see of a repository: what belongs to one copy alone is left out. */
export function filesOf(root: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(snapshot(root)).filter(([path]) => !path.startsWith('.kpi-flow/local/')));
}

/** What the next run does before anything else: finishes what was cut. */
export async function runNext(root: string): Promise<void> {
  (await nodeRepositories().open(root, 'next')).close();
}

/** Which of the two a repository is; a mixture is neither. */
export function stateOf(root: string, { before, after }: Change): 'before' | 'after' | 'torn' {
  const found = JSON.stringify(filesOf(root));
  if (found === JSON.stringify(before)) return 'before';
  return found === JSON.stringify(after) ? 'after' : 'torn';
}
