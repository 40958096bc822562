import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/edge/repository-lock.ts';
import { nodeRepositories } from '../../src/edge/repository.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { FileOp } from '../../src/plan/plan.ts';

let root: string;
const file = (path: string) => join(root, path);
const text = (path: string) => (existsSync(file(path)) ? readFileSync(file(path), 'utf8') : undefined);
const ops: readonly FileOp[] = [
  { kind: 'create', path: 'new/deep/a.py', owner: 'seed', after: 'a\n', executable: false },
  { kind: 'modify', path: 'b.py', owner: 'edited', before: 'b\r\n', after: '\ufeffñ🙂\r\n' },
  { kind: 'delete', path: 'c.py', owner: 'seed', before: 'c\n' },
];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kpi-repository-'));
  mkdirSync(file('config'));
  writeFileSync(file('config/config.yaml'), 'version: 1\n');
  writeFileSync(file('b.py'), 'b\r\n');
  writeFileSync(file('c.py'), 'c\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = () => nodeRepositories().open(root, 'test');
const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Failure ? error.problems[0]?.code : String(error);
  }
};

describe('a repository', () => {
  it('is found from any folder below it', () => {
    mkdirSync(file('src/core'), { recursive: true });
    expect(nodeRepositories().find(file('src/core'))).toBe(root);
    expect(nodeRepositories().find(tmpdir())).toBeUndefined();
  });

  it('takes a plan as a whole, keeps modes and bytes, and remembers it', async () => {
    chmodSync(file('b.py'), 0o755);
    const repository = await open();
    expect(repository.apply(ops, { command: 'add x' })).toBe(1);
    expect([text('new/deep/a.py'), text('b.py'), text('c.py')]).toEqual(['a\n', '\ufeffñ🙂\r\n', undefined]);
    expect(statSync(file('b.py')).mode & 0o777).toBe(0o755);
    expect(repository.history()).toMatchObject([{ number: 1, command: 'add x', paths: ['new/deep/a.py', 'b.py', 'c.py'] }]);
    expect(repository.opsOf(1)).toEqual(ops);
    repository.close();
    expect(readFileSync(file('.kpi-flow/local/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('refuses what changed, stands in the way, is read-only, a link, or leads outside; and then nothing is written', async () => {
    const repository = await open();
    const apply = (op: FileOp) => codeOf(() => repository.apply([...ops, op], { command: 'x' }));
    writeFileSync(file('d.py'), 'd');
    chmodSync(file('d.py'), 0o444);
    symlinkSync(tmpdir(), file('out'));
    symlinkSync(file('d.py'), file('link.py'));
    expect(apply({ kind: 'modify', path: 'd.py', owner: 'edited', before: 'other', after: 'x' })).toBe('E_FILE_CHANGED');
    expect(apply({ kind: 'create', path: 'd.py', owner: 'seed', after: 'x', executable: false })).toBe('E_FILE_EXISTS');
    expect(apply({ kind: 'modify', path: 'd.py', owner: 'edited', before: 'd', after: 'x' })).toBe('E_FILE_READ_ONLY');
    expect(apply({ kind: 'create', path: 'out/x.py', owner: 'seed', after: 'x', executable: false })).toBe('E_FILE_LINK');
    expect(apply({ kind: 'modify', path: 'link.py', owner: 'edited', before: 'd', after: 'x' })).toBe('E_FILE_LINK');
    expect(apply({ kind: 'create', path: '../x.py', owner: 'seed', after: 'x', executable: false })).toBe('E_PATH_UNSAFE');
    writeFileSync(file('latin.py'), Buffer.from([0xf1]));
    expect(codeOf(() => repository.read('latin.py'))).toBe('E_FILE_ENCODING');
    expect([text('new/deep/a.py'), text('b.py'), text('c.py'), repository.history()]).toEqual([undefined, 'b\r\n', 'c\n', []]);
    repository.close();
  });
});

describe('the history', () => {
  it('keeps the last 50 runs, and numbers go on rising', async () => {
    const repository = await open();
    for (let run = 1; run <= 53; run += 1) {
      const op: FileOp = { kind: 'create', path: `f${run}.py`, owner: 'seed', after: 'x\n', executable: false };
      expect(repository.apply([op], { command: `add ${run}` })).toBe(run);
    }
    const numbers = repository.history().map(({ number }) => number);
    expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([50, 4, 53]);
    expect(readdirSync(file('.kpi-flow/local/runs'))).toHaveLength(50);
    expect(repository.opsOf(53)).toMatchObject([{ path: 'f53.py' }]);
    repository.close();
  });
});

describe('a run that was cut', () => {
  /** A run as it lies there before its files are in place. */
  async function cut(done: number): Promise<void> {
    const repository = await open();
    repository.apply(ops, { command: 'add x' });
    repository.close();
    const run = file('.kpi-flow/local/runs/000001');
    renameSync(join(run, 'done.json'), join(run, 'journal.json'));
    if (done < 1) renameSync(file('new/deep/a.py'), join(run, '0'));
    if (done < 2) {
      renameSync(file('b.py'), join(run, '1'));
      writeFileSync(file('b.py'), 'b\r\n');
    }
    if (done < 3) writeFileSync(file('c.py'), 'c\n');
  }

  it.each([0, 1, 2, 3])('after %i of its files is finished by the next one', async (done) => {
    await cut(done);
    const told: string[] = [];
    const repository = await nodeRepositories(({ command }) => told.push(command)).open(root, 'next');
    expect([text('new/deep/a.py'), text('b.py'), text('c.py'), told]).toEqual(['a\n', '\ufeffñ🙂\r\n', undefined, ['add x']]);
    expect(repository.history()).toHaveLength(1);
    repository.close();
  });

  it('leaves alone what somebody wrote since', async () => {
    await cut(0);
    writeFileSync(file('b.py'), 'mine\n');
    writeFileSync(file('c.py'), 'mine too\n');
    (await open()).close();
    expect([text('new/deep/a.py'), text('b.py'), text('c.py')]).toEqual(['a\n', 'mine\n', 'mine too\n']);
  });

  it('before it was certain is thrown away', async () => {
    mkdirSync(file('.kpi-flow/local/runs/000001'), { recursive: true });
    writeFileSync(file('.kpi-flow/local/runs/000001/0'), 'half');
    const repository = await open();
    expect([repository.history(), readdirSync(file('.kpi-flow/local/runs'))]).toEqual([[], []]);
    repository.close();
  });
});

describe('two runs at once', () => {
  it('wait for each other, and who waits too long is told for whom', async () => {
    const folder = file('.kpi-flow/local');
    const release = await lockFolder(folder, 'first', 0);
    await expect(lockFolder(folder, 'second', 0)).rejects.toMatchObject({ problems: [{ code: 'E_RUN_ACTIVE', args: { pid: process.pid, command: 'first' } }] });
    const second = lockFolder(folder, 'second', 5000);
    release();
    (await second)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('the place of one that was killed is free', async () => {
    const folder = file('.kpi-flow/local');
    const child = spawn(process.execPath, ['-e', '']);
    const pid = child.pid ?? 0;
    await new Promise((resolve) => child.on('exit', resolve));
    mkdirSync(folder, { recursive: true });
    const { hostname } = await import('node:os');
    writeFileSync(join(folder, 'running'), JSON.stringify({ pid, host: hostname(), command: 'killed' }));
    (await lockFolder(folder, 'next', 0))();
    expect(readdirSync(folder)).toEqual([]);
  });
});
