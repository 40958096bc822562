import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tell } from '../cli/command-line.ts';
import { nodeDisk } from '../../src/edge/disk.ts';
import { markReady, stageName } from '../../src/edge/disk-stage.ts';
import { Cancelled } from '../../src/errors/cancelled.ts';
import { Failure } from '../../src/errors/failure.ts';
import { makeTree } from '../../src/plan/tree.ts';

const tree = makeTree([
  { path: 'README.md', text: '# Métrica 🙂\n', owner: 'seed' },
  { path: 'src/core/__init__.py', text: '', owner: 'seed' },
  { path: 'bin/run', text: '#!/bin/sh\n', owner: 'seed', executable: true },
]);
const tidy = { tidy: true };
let home = '';

beforeEach(() => void (home = realpathSync(mkdtempSync(join(tmpdir(), 'kpi-flow-disk-')))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const disk = (signal = new AbortController().signal) => nodeDisk(signal);

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Failure ? (error.problems[0]?.code ?? '') : String(error);
}

function contents(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(folder.length + 1))
    .sort();
}

/** A process id that nobody has: that of a process which has just ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid;
}

describe('writing a new folder', () => {
  it('writes every file with its text and mode, and leaves nothing beside', async () => {
    const folder = join(home, 'kpi');
    await disk().writeFolder(folder, tree);
    expect(contents(folder)).toEqual(['README.md', 'bin/run', 'src/core/__init__.py']);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('# Métrica 🙂\n');
    expect(lstatSync(join(folder, 'bin/run')).mode & 0o100).toBe(0o100);
    expect(readdirSync(home)).toEqual(['kpi']);
  });

  it('makes the folders above in the same step', async () => {
    await disk().writeFolder(join(home, 'a/b/kpi'), tree, async () => expect(existsSync(join(home, 'a'))).toBe(false));
    expect(contents(join(home, 'a/b/kpi'))).toHaveLength(3);
  });

  it('shows what is staged before it is in place, complete', async () => {
    const folder = join(home, 'kpi');
    await disk().writeFolder(folder, tree, async (staged) => {
      expect(contents(staged)).toHaveLength(3);
      expect(existsSync(folder)).toBe(false);
    });
    expect(existsSync(folder)).toBe(true);
  });

  it('replaces an empty folder', async () => {
    const folder = join(home, 'kpi');
    mkdirSync(folder);
    await disk().writeFolder(folder, tree);
    expect(contents(folder)).toHaveLength(3);
    expect(readdirSync(home)).toEqual(['kpi']);
  });

  it('fills a fresh clone and keeps its .git', async () => {
    const folder = join(home, 'kpi');
    mkdirSync(join(folder, '.git'), { recursive: true });
    writeFileSync(join(folder, '.git/HEAD'), 'ref: refs/heads/main\n');
    expect(await disk().survey(folder, tidy)).toEqual({ state: 'git-only' });
    await disk().writeFolder(folder, tree);
    expect(readdirSync(folder).sort()).toEqual(['.git', 'README.md', 'bin', 'src']);
  });

  it.each(['absent', 'clone'])('leaves nothing when the preparation fails (%s)', async (kind) => {
    const folder = join(home, 'kpi');
    if (kind === 'clone') mkdirSync(join(folder, '.git'), { recursive: true });
    const before = contents(home);
    await expect(disk().writeFolder(folder, tree, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(contents(home)).toEqual(before);
    expect(readdirSync(home)).toEqual(kind === 'clone' ? ['kpi'] : []);
  });

  it('leaves nothing when somebody says stop while it is prepared', async () => {
    const controller = new AbortController();
    const work = disk(controller.signal).writeFolder(join(home, 'kpi'), tree, async () =>
      controller.abort(new Cancelled(143)),
    );
    await expect(work).rejects.toBeInstanceOf(Cancelled);
    expect(readdirSync(home)).toEqual([]);
  });

  it('never writes over what appeared in the meantime', async () => {
    const folder = join(home, 'kpi');
    const work = disk().writeFolder(folder, tree, async () => {
      mkdirSync(folder);
      writeFileSync(join(folder, 'theirs'), '1');
    });
    expect(await codeOf(work)).toBe('E_FOLDER_NOT_EMPTY');
    expect(contents(home)).toEqual(['kpi/theirs']);
  });
});

describe('looking at the place', () => {
  it('says what is there when it is not empty, and touches nothing', async () => {
    const folder = join(home, 'kpi');
    mkdirSync(folder);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const error = await disk()
      .survey(folder, tidy)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      problems: [{ code: 'E_FOLDER_NOT_EMPTY', args: { found: ['notes.txt'] } }],
      exitCode: 2,
    });
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('refuses a file, a link and a namesake in other letters', async () => {
    writeFileSync(join(home, 'file'), '');
    mkdirSync(join(home, 'real'));
    symlinkSync(join(home, 'real'), join(home, 'link'));
    symlinkSync(join(home, 'nowhere'), join(home, 'dangling'));
    mkdirSync(join(home, 'Ventas'));
    expect(await codeOf(disk().survey(join(home, 'file'), tidy))).toBe('E_FOLDER_IS_FILE');
    expect(await codeOf(disk().survey(join(home, 'file/kpi'), tidy))).toBe('E_FOLDER_IS_FILE');
    expect(await codeOf(disk().survey(join(home, 'link'), tidy))).toBe('E_FOLDER_LINK');
    expect(await codeOf(disk().survey(join(home, 'dangling'), tidy))).toBe('E_FOLDER_LINK');
    expect(await codeOf(disk().survey(join(home, 'ventas'), tidy))).toBe('E_PATH_COLLISION');
    expect(await codeOf(disk().survey(join(home, 'x'.repeat(300)), tidy))).toBe('E_DISK');
  });

  if (process.getuid?.() === 0) tell('skipped: a folder where nothing may be written (root may write anywhere)');
  it.skipIf(process.getuid?.() === 0)(
    'says when nothing may be written there (skipped for root, who may write anywhere)',
    async () => {
      chmodSync(home, 0o555);
      expect(await codeOf(disk().survey(join(home, 'kpi'), tidy))).toBe('E_FOLDER_NOT_WRITABLE');
      chmodSync(home, 0o755);
    },
  );
});

describe('what a killed run left', () => {
  const asDead = (path: string): string => stageName(path).replace(`-${process.pid}-`, `-${deadPid()}-`);

  it('is removed by the next run for the same folder, and only then', async () => {
    const folder = join(home, 'kpi');
    const [dead, alive, other] = [
      asDead(folder),
      stageName(folder).replace(`-${process.pid}-`, `-${process.ppid}-`),
      asDead(join(home, 'other')),
    ];
    for (const name of [dead, alive, other]) mkdirSync(join(home, name));
    await disk().survey(folder, { tidy: false });
    expect(readdirSync(home)).toHaveLength(3);
    await disk().survey(folder, tidy);
    expect(readdirSync(home).sort()).toEqual([alive, other].sort());
  });

  it('is finished when its files were complete and on the way into a folder', async () => {
    const folder = join(home, 'kpi');
    mkdirSync(folder);
    const stage = join(folder, asDead(folder));
    mkdirSync(stage);
    writeFileSync(join(stage, 'second'), '2');
    writeFileSync(join(folder, 'first'), '1');
    markReady(stage);
    expect(await codeOf(disk().survey(folder, tidy))).toBe('E_CUT_RUN_FINISHED');
    expect(contents(folder)).toEqual(['first', 'second']);
    expect(await codeOf(disk().survey(folder, tidy))).toBe('E_FOLDER_NOT_EMPTY');
  });
});

describe('taking a folder back', () => {
  it('removes what this run made, with what installing added', async () => {
    const ours = disk();
    const folder = join(home, 'kpi');
    await ours.writeFolder(folder, tree);
    mkdirSync(join(folder, '.venv/bin'), { recursive: true });
    expect(await ours.withdrawFolder(folder, tree)).toBe(true);
    expect(readdirSync(home)).toEqual([]);
  });

  it('keeps the empty folder that was there before', async () => {
    const ours = disk();
    mkdirSync(join(home, 'kpi'));
    await ours.writeFolder(join(home, 'kpi'), tree);
    expect(await ours.withdrawFolder(join(home, 'kpi'), tree)).toBe(true);
    expect(readdirSync(join(home, 'kpi'))).toEqual([]);
  });

  it.each([
    ['an edited file', 'README.md'],
    ['a new file', 'src/mine.py'],
  ])('leaves everything when there is %s', async (_, path) => {
    const ours = disk();
    const folder = join(home, 'kpi');
    await ours.writeFolder(folder, tree);
    writeFileSync(join(folder, path), 'my work');
    expect(await ours.withdrawFolder(folder, tree)).toBe(false);
    expect(readFileSync(join(folder, path), 'utf8')).toBe('my work');
  });

  it('never touches a folder that another run made', async () => {
    await disk().writeFolder(join(home, 'kpi'), tree);
    expect(await disk().withdrawFolder(join(home, 'kpi'), tree)).toBe(false);
    expect(contents(home)).toHaveLength(3);
  });
});
