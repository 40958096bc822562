import { lockPath } from '../config/lock.ts';
import { loadYamlParser, NoYamlParser } from '../config/yaml-parser.ts';
import { fail } from '../errors/failure.ts';
import type { Addition } from '../generate/define-addition.ts';
import type { Growth, Remark } from '../generate/plan-add.ts';
import type { RepositoryState } from '../generate/repository-state.ts';
import { readState } from '../generate/read-state.ts';
import type { ParsePython } from '../python/parse-python.ts';
import { remembering } from '../python/parse-python.ts';
import { NotPlain, parsePlainPython } from '../python/plain-python.ts';
import { loadTypescriptReader, NoTypescriptReader } from '../generate/typescript-reader.ts';
import type { Clock, OpenRepository, Repositories } from './ports.ts';

/** What the jobs on a repository work with. */
export interface GrowPorts {
  readonly repositories: Repositories;
  readonly generators: Readonly<Record<string, Addition>>;
  readonly loadPython: () => Promise<ParsePython>;
  readonly hash: (text: string) => string;
  readonly clock: Clock;
  readonly version: string;
  /** A folder in the repository. */
  readonly cwd: string;
}

/** How a job that may change something is run. */
export interface GrowOptions {
  /** What a person typed, for the history and for who waits. */
  readonly command: string;
  readonly dryRun: boolean;
  /** Writes generated files anew although somebody edited them. */
  readonly force: boolean;
  /** Changes the name of a stage in files that somebody edited, too. */
  readonly editReferences?: boolean;
}

/** What came of it: the plan that was applied, or would be. */
export interface GrowResult extends Growth {
  readonly root: string;
  readonly dryRun: boolean;
  /** The number of the run; none when nothing had to change. */
  readonly run?: number;
}

/** Plans what a job changes, and applies it. */
export async function change(ports: GrowPorts, options: GrowOptions, plan: (state: RepositoryState) => Growth): Promise<GrowResult> {
  return withRepository(ports, options.command, async (repository) => finish(repository, await withParsers(repository, ports, plan), options));
}

/**
 * Plans with what reads plain YAML and plain Python, and when some text is of another form or in another language, once
 * more with what reads that, which takes longer to start than all the rest. A plan changes nothing, so it may be made again.
 */
async function withParsers<Value>(repository: OpenRepository, ports: GrowPorts, work: (state: RepositoryState) => Value, parse: ParsePython = remembering(parsePlainPython)): Promise<Value> {
  try {
    return work(stateOf(repository, ports, parse));
  } catch (error) {
    if (error instanceof NoYamlParser) return loadYamlParser().then(() => withParsers(repository, ports, work, parse));
    if (error instanceof NoTypescriptReader) return loadTypescriptReader().then(() => withParsers(repository, ports, work, parse));
    if (error instanceof NotPlain) return withParsers(repository, ports, work, await ports.loadPython());
    throw error;
  }
}

/** The one place where a plan of a job is applied. */
export function finish(repository: OpenRepository, growth: Growth, { command, dryRun }: GrowOptions, undoes?: number): GrowResult {
  const ops = growth.plan.ops.filter((op) => op.kind !== 'modify' || op.before !== op.after);
  const result = { ...growth, plan: { ops }, root: repository.root, dryRun };
  if (dryRun || ops.length === 0) return result;
  return { ...result, run: repository.apply(ops, { command, ...(undoes !== undefined && { undoes }) }) };
}

/** Works on the repository that a folder is in; nobody else does at the same time. */
export async function withRepository<Value>({ repositories, cwd }: GrowPorts, command: string, work: (repository: OpenRepository) => Promise<Value>): Promise<Value> {
  const root = repositories.find(cwd) ?? fail('E_NOT_A_REPOSITORY', { folder: cwd });
  const repository = await repositories.open(root, command);
  try {
    return await work(repository);
  } finally {
    repository.close();
  }
}

/** Looks at a repository as it stands. */
export async function withState<Value>(ports: GrowPorts, command: string, work: (state: RepositoryState) => Value): Promise<Value> {
  return withRepository(ports, command, (repository) => withParsers(repository, ports, work));
}

function stateOf(repository: OpenRepository, { hash, version }: GrowPorts, parse: ParsePython): RepositoryState {
  return readState({ root: repository.root, read: once(repository.read), list: repository.list, written: repository.written, hash, parse }, version);
}

/** A plan looks at the same few files from several sides, and must see the same text each time. */
function once(read: OpenRepository['read']): OpenRepository['read'] {
  const texts = new Map<string, string | undefined>();
  return (path) => {
    if (!texts.has(path)) texts.set(path, read(path));
    return texts.get(path);
  };
}

/** Whether a plan changes more than the lock's own bookkeeping. */
export function changesFiles({ plan }: Pick<GrowResult, 'plan'>): boolean {
  return plan.ops.some(({ path }) => path !== lockPath);
}

export type { Remark };
