import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Git, GitOutcome } from '../jobs/ports.ts';
import type { Outcome } from './process-group.ts';
import { runToEnd } from './process-group.ts';

/** Whose commit it is when git knows nobody: used for the first commit only, and written nowhere. */
const fallbackIdentity = { name: 'create-kpi-flow', email: 'create-kpi-flow@localhost' };

const secondsAllowed = 60;

/** What git knows of the person: the answers of one call. */
interface Settings {
  readonly name?: string;
  readonly email?: string;
  readonly branch?: string;
}

/**
 * The git of this machine, run with no hook and no signing program, and never asking anything.
 * @param cwd where it is asked who the person is: a repository around it may say so
 */
export function nodeGit(env: NodeJS.ProcessEnv, signal: AbortSignal, cwd: string = process.cwd()): Git {
  const clean = cleanEnvironment(env);
  const git = (args: readonly string[], at: string): Promise<Outcome> =>
    runToEnd({ file: 'git', args, cwd: at, env: clean }, { seconds: secondsAllowed, signal });
  return {
    owner: async () => describeOwner(withVariables(await readSettings(git, cwd), clean)),
    firstCommit: (folder, home, message) => firstCommit(git, clean, { folder, home, message }),
  };
}

type RunGit = (args: readonly string[], cwd: string) => Promise<Outcome>;

/** A repository that happens to be named in the environment (a hook runs us, say) is not the one we make. */
function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|PREFIX|NAMESPACE)$/.test(name),
  );
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

async function readSettings(git: RunGit, cwd: string): Promise<Settings> {
  const { code, output } = await git(['config', '--get-regexp', '^(user\\.(name|email)|init\\.defaultbranch)$'], cwd);
  if (code !== 0) return {};
  const entries = output
    .split('\n')
    .map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1).trim()] as const);
  const found = new Map(entries.filter(([, value]) => value !== ''));
  return pick({
    name: found.get('user.name'),
    email: found.get('user.email'),
    branch: found.get('init.defaultbranch'),
  });
}

function withVariables(settings: Settings, env: NodeJS.ProcessEnv): Settings {
  return pick({
    ...settings,
    name: env['GIT_AUTHOR_NAME'] ?? settings.name,
    email: env['GIT_AUTHOR_EMAIL'] ?? settings.email,
  });
}

function pick(settings: { [Key in keyof Settings]: string | undefined }): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== ''));
}

function describeOwner({ name, email }: Settings): string | undefined {
  return name !== undefined && email !== undefined ? `${name} <${email}>` : (email ?? name);
}

async function firstCommit(
  git: RunGit,
  env: NodeJS.ProcessEnv,
  job: { folder: string; home: string; message: string },
): Promise<GitOutcome> {
  const inside = await git(['rev-parse', '--is-inside-work-tree'], nearest(job.home));
  if (inside.missing) return { done: false, reason: 'missing' };
  if (inside.code === 0 && inside.output.trim() === 'true') return { done: false, reason: 'inside' };
  const settings = await readSettings(git, job.folder);
  const known = withVariables(settings, env);
  const own = known.name !== undefined && known.email !== undefined;
  const failure = await runAll(git, job.folder, commitSteps(settings.branch ?? 'main', job.message, known));
  if (failure === undefined) return { done: true, identity: own ? 'own' : 'fallback' };
  // Half a repository would be taken for one that somebody made.
  await rm(join(job.folder, '.git'), { recursive: true, force: true });
  return { done: false, reason: 'failed', detail: failure };
}

function commitSteps(branch: string, message: string, known: Settings): string[][] {
  // A template folder could bring hooks along; an empty one brings nothing.
  const quiet = [
    '-c',
    'core.hooksPath=/dev/null',
    '-c',
    'commit.gpgSign=false',
    '-c',
    'core.safecrlf=false',
    '-c',
    'gc.auto=0',
  ];
  const { name = fallbackIdentity.name, email = fallbackIdentity.email } = known;
  const identity = ['-c', `user.name=${name}`, '-c', `user.email=${email}`];
  return [
    ['-c', `init.defaultBranch=${branch}`, 'init', '--quiet', '--template='],
    [...quiet, 'add', '--all'],
    [...quiet, ...identity, 'commit', '--quiet', '--no-verify', '--message', message],
  ];
}

async function runAll(git: RunGit, cwd: string, steps: readonly string[][]): Promise<string | undefined> {
  for (const args of steps) {
    const { code, output, timedOut } = await git(args, cwd);
    if (timedOut) return `${secondsAllowed} s`;
    if (code !== 0) return output.trim().split('\n').at(-1) ?? '';
  }
  return undefined;
}

/** The closest folder above a path that is there. */
function nearest(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) || parent === path ? parent : nearest(parent);
}
