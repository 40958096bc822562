import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { waitFor } from '../api/wait.ts';
import type { GitCredentials } from './git-credentials.ts';
import { gitCredentials } from './git-credentials.ts';
import { PullStepError } from './pull-step-error.ts';
import { ShellError, run } from './shell.ts';
import type { Inputs, Output } from './step-inputs.ts';
import { optionalText, refuseUnknown, textOf } from './step-inputs.ts';

const known = ['repository', 'branch', 'commit_sha', 'include_submodules', 'access_token', 'credentials', 'directories', 'clone_directory_name'];

interface Clone {
  readonly repository: string;
  /** Absolute. */
  readonly folder: string;
  readonly branch: string | undefined;
  readonly commit: string | undefined;
  readonly submodules: boolean;
  readonly directories: readonly string[];
  readonly credentials: GitCredentials | null;
}

/** As often as Prefect tries, and how long it waits in between, in milliseconds. */
const pausesMs = [1000, 2000];
/** What another try does not change. */
const final = /Authentication failed|could not read Username|not found|does not (?:exist|appear)|Remote branch|couldn't find remote ref/;

/**
 * Prefect's step git_clone: a repository as it is now. Where a run before cloned it already, that is brought up to date.
 * @returns its folder, from the working directory
 * @throws PullStepError
 */
export async function gitClone(inputs: Inputs, step: string): Promise<Output> {
  refuseUnknown(inputs, known, step);
  const clone = cloneOf(inputs, step);
  for (let tries = 0; ; tries += 1) {
    try {
      await (existsSync(join(clone.folder, '.git')) ? update(clone) : make(clone));
      return { directory: relative(process.cwd(), clone.folder) || '.' };
    } catch (error) {
      const pause = pausesMs[tries];
      if (!(error instanceof ShellError) || pause === undefined || final.test(error.message)) throw error;
      await waitFor(pause);
    }
  }
}

function cloneOf(inputs: Inputs, step: string): Clone {
  const repository = textOf(inputs, 'repository', step);
  const [branch, commit] = [optionalText(inputs, 'branch'), optionalText(inputs, 'commit_sha')];
  if (branch !== undefined && commit !== undefined) throw new PullStepError(`the step ${step} takes a branch or a commit_sha, not both`);
  if (branch?.startsWith('-')) throw new PullStepError(`the step ${step}: a branch cannot begin with "-": ${branch}`);
  if (commit !== undefined && !/^[0-9a-f]{4,64}$/i.test(commit)) throw new PullStepError(`the step ${step}: commit_sha is the hexadecimal name of a commit, and ${commit} is none (a branch or a tag goes into "branch")`);
  const directories = (inputs['directories'] ?? []) as readonly unknown[];
  if (!Array.isArray(directories)) throw new PullStepError(`the step ${step}: directories is a list of folders`);
  const folder = resolve(optionalText(inputs, 'clone_directory_name') ?? folderOf(repository, branch));
  return { repository, folder, branch, commit, submodules: inputs['include_submodules'] === true, directories: directories.map(String), credentials: gitCredentials(inputs, repository) };
}

/** Prefect's name for it. */
function folderOf(repository: string, branch: string | undefined): string {
  const name = repository.replace(/\/+$/, '').split(/[/:]/).at(-1)?.replace(/\.git$/, '') ?? 'repository';
  return branch === undefined ? name : `${name}-${branch.replaceAll('/', '-')}`;
}

async function make(clone: Clone): Promise<void> {
  const { repository, folder, branch, commit, submodules, directories } = clone;
  const options = [
    ...(submodules ? ['--recurse-submodules'] : []),
    ...(directories.length > 0 ? ['--sparse'] : []),
    ...(commit === undefined ? ['--depth', '1'] : ['--no-checkout']),
    ...(branch === undefined ? [] : ['--branch', branch]),
  ];
  await git(clone, 'clone', ...options, '--', repository, folder);
  if (directories.length > 0) await inside(clone, 'sparse-checkout', 'set', '--', ...directories);
  if (commit !== undefined) await checkOut(clone, commit);
}

async function update(clone: Clone): Promise<void> {
  const { repository, folder, directories } = clone;
  const origin = (await run('git', ['-C', folder, 'config', '--get', 'remote.origin.url'], 'git config').catch(() => ({ stdout: '' }))).stdout.trim();
  if (origin !== '' && withoutUser(origin) !== withoutUser(repository)) throw new PullStepError(`${folder} is a clone of ${withoutUser(origin)}, and not of ${withoutUser(repository)}: clone_directory_name gives it a folder of its own`);
  try {
    if (directories.length > 0) await inside(clone, 'sparse-checkout', 'set', '--', ...directories);
    await bring(clone);
  } catch (error) {
    if (!(error instanceof ShellError) || !(await isReachable(clone))) throw error;
    // One that a killed run left unfinished, or whose history was written anew.
    if (await hasChanges(folder)) throw new PullStepError(`${folder} cannot be brought up to date, and has changes that are not committed: ${error.message}`, { cause: error });
    await rm(folder, { recursive: true, force: true });
    await make(clone);
  }
}

async function bring(clone: Clone): Promise<void> {
  const { folder, branch, commit, submodules } = clone;
  if (commit !== undefined) {
    if (!(await succeeds(['-C', folder, 'cat-file', '-e', `${commit}^{commit}`]))) {
      const isShallow = (await run('git', ['-C', folder, 'rev-parse', '--is-shallow-repository'], 'git rev-parse')).stdout.trim() === 'true';
      await inside(clone, 'fetch', ...(isShallow ? ['--unshallow'] : []), 'origin', commit);
    }
    return await checkOut(clone, commit);
  }
  await inside(clone, 'fetch', '--depth', '1', 'origin', ...(branch === undefined ? [] : [branch]));
  await inside(clone, 'reset', '--keep', 'FETCH_HEAD');
  if (submodules) await inside(clone, 'submodule', 'update', '--init', '--recursive');
}

async function checkOut(clone: Clone, commit: string): Promise<void> {
  await inside(clone, 'checkout', '--detach', commit);
  if (clone.submodules) await inside(clone, 'submodule', 'update', '--init', '--recursive');
}

/** Whether the repository answers: a clone is only thrown away for one that can be made anew. */
async function isReachable(clone: Clone): Promise<boolean> {
  return await git(clone, 'ls-remote', '--', clone.repository, 'HEAD').then(() => true, () => false);
}

async function hasChanges(folder: string): Promise<boolean> {
  return await run('git', ['-C', folder, 'status', '--porcelain', '--untracked-files=no'], 'git status').then(({ stdout }) => stdout !== '', () => false);
}

async function succeeds(args: readonly string[]): Promise<boolean> {
  return await run('git', args, 'git').then(() => true, () => false);
}

async function inside(clone: Clone, ...args: readonly string[]): Promise<void> {
  await git(clone, '-C', clone.folder, ...args);
}

/** Runs git. It is told the credentials for this once, so that they lie in no file, submodules of the same host have them too, and nobody is asked for any. */
async function git({ repository, credentials }: Clone, ...args: readonly string[]): Promise<void> {
  const rewrite = credentials === null ? [] : ['-c', rewriteOf(repository, credentials)];
  const verb = args[0] === '-C' ? args[2] : args[0];
  const hide = (text: string): string => withoutUser((credentials?.secrets ?? []).reduce((left, secret) => left.replaceAll(secret, '***'), text));
  try {
    await run('git', [...rewrite, ...args], `git ${verb} of ${withoutUser(repository)}`, { env: { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' } });
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    const lines = hide(error.printed.stderr).split('\n').filter((each) => each.trim() !== '');
    const complaints = lines.filter((each) => /^(?:fatal|error|remote): /.test(each));
    const why = (complaints.length > 0 ? complaints : lines).slice(-3).join(' | ');
    throw new ShellError(`${error.message}${why === '' ? '' : `: ${why}`}`, { stdout: '', stderr: '' });
  }
}

function rewriteOf(repository: string, { userInfo }: GitCredentials): string {
  const { host } = new URL(repository);
  return `url.https://${userInfo}@${host}/.insteadOf=https://${host}/`;
}

/** Addresses without who they are read as. */
function withoutUser(text: string): string {
  return text.replace(/(https?:\/\/)[^\s/@]+@/g, '$1');
}
