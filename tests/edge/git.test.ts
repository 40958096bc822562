import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeGit } from '../../src/edge/git.ts';
import { Cancelled } from '../../src/errors/cancelled.ts';

let home = '';
let folder = '';
/** Nothing of the person who runs the tests: no name, no settings, no variables, no repository around. */
let bare: NodeJS.ProcessEnv = {};

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'kpi-flow-git-')));
  folder = join(home, 'kpi');
  mkdirSync(folder);
  writeFileSync(join(folder, 'README.md'), '# KPI\n');
  bare = { PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1', XDG_CONFIG_HOME: home, GIT_CEILING_DIRECTORIES: tmpdir() };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const git = (env: NodeJS.ProcessEnv = bare) => nodeGit(env, new AbortController().signal, folder);
const ask = (...args: string[]): string =>
  execFileSync('git', args, { cwd: folder, env: bare, encoding: 'utf8' }).trim();
const settings = (text: string): void => writeFileSync(join(home, '.gitconfig'), text);

describe('the first commit', () => {
  it('holds everything, on main, under a name that is written nowhere', async () => {
    expect(await git().firstCommit(folder, folder, 'Start: "ñ" 🙂')).toEqual({ done: true, identity: 'fallback' });
    expect(ask('log', '--format=%an|%ae|%s')).toBe('create-kpi-flow|create-kpi-flow@localhost|Start: "ñ" 🙂');
    expect(ask('status', '--porcelain')).toBe('');
    expect(ask('branch', '--show-current')).toBe('main');
    expect(ask('config', '--local', '--list')).not.toContain('user.');
  });

  it('is the person’s own when git knows them, on the branch they like', async () => {
    settings('[user]\n\tname = Ana Pérez\n\temail = ana@example.com\n[init]\n\tdefaultBranch = trunk\n');
    expect(await git().firstCommit(folder, folder, 'x')).toEqual({ done: true, identity: 'own' });
    expect(ask('log', '--format=%an <%ae>')).toBe('Ana Pérez <ana@example.com>');
    expect(ask('branch', '--show-current')).toBe('trunk');
  });

  it('runs no hook and no signing program', async () => {
    const hooks = join(home, 'hooks');
    mkdirSync(join(home, 'template/hooks'), { recursive: true });
    mkdirSync(hooks);
    for (const path of [join(hooks, 'pre-commit'), join(home, 'template/hooks/post-commit')]) {
      writeFileSync(path, `#!/bin/sh\ntouch ${home}/ran\nexit 1\n`);
      chmodSync(path, 0o755);
    }
    settings(
      `[core]\n\thooksPath = ${hooks}\n[init]\n\ttemplateDir = ${home}/template\n[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = ${hooks}/pre-commit\n`,
    );
    expect(await git().firstCommit(folder, folder, 'x')).toMatchObject({ done: true });
    expect(existsSync(join(home, 'ran'))).toBe(false);
  });

  it('is not made inside another repository', async () => {
    execFileSync('git', ['init', '--quiet'], { cwd: home, env: bare });
    expect(await git().firstCommit(folder, folder, 'x')).toEqual({ done: false, reason: 'inside' });
    expect(existsSync(join(folder, '.git'))).toBe(false);
  });

  it('does not follow variables that name another repository', async () => {
    const env = { ...bare, GIT_DIR: join(home, 'other.git'), GIT_WORK_TREE: home, GIT_INDEX_FILE: join(home, 'index') };
    expect(await git(env).firstCommit(folder, folder, 'x')).toMatchObject({ done: true });
    expect(existsSync(join(folder, '.git'))).toBe(true);
    expect(existsSync(join(home, 'other.git'))).toBe(false);
  });

  it('says that git is missing', async () => {
    expect(await git({ PATH: home }).firstCommit(folder, folder, 'x')).toEqual({ done: false, reason: 'missing' });
  });

  it('leaves no half repository when it fails', async () => {
    mkdirSync(join(home, 'bin'));
    const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    writeFileSync(
      join(home, 'bin/git'),
      `#!/bin/sh\ncase "$*" in *commit*--quiet*) echo "fatal: disk quota" >&2; exit 128;; esac\nexec ${real} "$@"\n`,
    );
    chmodSync(join(home, 'bin/git'), 0o755);
    const outcome = await git({ ...bare, PATH: `${join(home, 'bin')}:${bare['PATH']}` }).firstCommit(
      folder,
      folder,
      'x',
    );
    expect(outcome).toEqual({ done: false, reason: 'failed', detail: 'fatal: disk quota' });
    expect(existsSync(join(folder, '.git'))).toBe(false);
  });

  it('stops when somebody says so', async () => {
    const controller = new AbortController();
    controller.abort(new Cancelled(130));
    await expect(nodeGit(bare, controller.signal).firstCommit(folder, folder, 'x')).rejects.toBeInstanceOf(Cancelled);
  });
});

describe('who owns what is made', () => {
  it.each([
    ['nobody', '', {}, undefined],
    [
      'a name and an address',
      '[user]\n\tname = Ana Pérez\n\temail = ana@example.com\n',
      {},
      'Ana Pérez <ana@example.com>',
    ],
    ['an address alone', '[user]\n\temail = ana@example.com\n', {}, 'ana@example.com'],
    [
      'variables over settings',
      '[user]\n\tname = A\n\temail = a@example.com\n',
      { GIT_AUTHOR_NAME: 'B' },
      'B <a@example.com>',
    ],
  ])('%s', async (_, text, variables, expected) => {
    settings(text);
    expect(await git({ ...bare, ...variables }).owner()).toBe(expected);
  });

  it('whom the repository around it names', async () => {
    settings('[user]\n\tname = Ana Pérez\n\temail = ana@example.com\n');
    execFileSync('git', ['init', '--quiet'], { cwd: home, env: bare });
    execFileSync('git', ['config', 'user.email', 'team@example.com'], { cwd: home, env: bare });
    expect(await git().owner()).toBe('Ana Pérez <team@example.com>');
  });
});
