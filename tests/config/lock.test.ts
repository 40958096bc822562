import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lock, LockedFile } from '../../src/config/lock.ts';
import { compareVersions, lockPath, lockTree, readLock, writeLock } from '../../src/config/lock.ts';
import { Failure } from '../../src/errors/failure.ts';
import { makeTree } from '../../src/plan/tree.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const [one, two] = [hash('1'), hash('2')];

function codesOf(text: string): readonly string[] {
  try {
    readLock(text, '0.1.0');
  } catch (error) {
    if (error instanceof Failure) return error.problems.map((each) => `${each.code}:${each.where?.line ?? ''}`);
    throw error;
  }
  return [];
}

describe('the lock of a tree', () => {
  const tree = makeTree([
    { path: 'src/core/a b.py', text: 'x = 1\n', owner: 'seed' },
    { path: 'README.md', text: '# ñ\n', owner: 'seed' },
    { path: 'prefect_flows/tasks.py', text: 't\r\n', owner: 'generated' },
    { path: lockPath, text: '', owner: 'generated' },
  ]);
  const text = writeLock(lockTree(tree, { template: '0.1.0', locale: 'es', plop: 'true' }, hash));

  it('has sorted settings, then one line a file, sorted by path, and not itself', () => {
    expect(text).toBe(
      [
        'set locale es',
        'set plop true',
        'set template 0.1.0',
        `seed ${hash('# ñ\n')} README.md`,
        `generated ${hash('t\n')} prefect_flows/tasks.py`,
        `seed ${hash('x = 1\n')} src/core/a b.py`,
        '',
      ].join('\n'),
    );
  });

  it('is read back as it was', () => {
    const lock = readLock(text, '0.1.0');
    expect(Object.fromEntries(lock.settings)).toEqual({ template: '0.1.0', locale: 'es', plop: 'true' });
    expect(lock.files.get('src/core/a b.py')).toEqual({ path: 'src/core/a b.py', owner: 'seed', hashes: [hash('x = 1\n')] });
    expect(writeLock(lock)).toBe(text);
  });
});

describe('a lock after a merge in git', () => {
  it('may have lines twice, markers between them, CRLF and any order', () => {
    const text = [`seed ${one} b.md`, '<<<<<<< HEAD', `seed ${one} a.md`, '||||||| base', '=======', `seed ${one} a.md`, 'set locale es', '>>>>>>> other', ''];
    expect(writeLock(readLock(text.join('\r\n'), '0.1.0'))).toBe(`set locale es\nseed ${one} a.md\nseed ${one} b.md\n`);
  });

  it('keeps both hashes of a file that both sides wrote', () => {
    const lock = readLock(`seed ${one} a.md\nseed ${two} a.md\n`, '0.1.0');
    expect(lock.files.get('a.md')?.hashes).toEqual([one, two]);
  });

  it('has a file that only one side deleted, and does not have one that was deleted', () => {
    for (const lines of [`deleted ${one} a.md\nseed ${two} a.md`, `seed ${two} a.md\ndeleted ${one} a.md`]) {
      expect(readLock(lines, '0.1.0').files.get('a.md')).toEqual({ path: 'a.md', owner: 'seed', hashes: [two] });
    }
    expect(readLock(`deleted ${one} a.md`, '0.1.0').files.get('a.md')?.owner).toBe('deleted');
  });

  it('says the newer of two template versions', () => {
    expect(readLock('set template 0.1.0\nset template 0.0.9\nset template 0.0.10\n', '0.1.0').settings.get('template')).toBe('0.1.0');
  });

  it('means the same whatever the order of its lines', () => {
    const line = fc
      .tuple(fc.constantFrom('seed', 'deleted'), fc.constantFrom(one, two), fc.constantFrom('a.md', 'b.md'))
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(writeLock(readLock(lines.join('\n'), '0.1.0'))).toBe(writeLock(readLock(lines.toReversed().join('\n'), '0.1.0')));
      }),
    );
  });
});

describe('a lock that cannot be used', () => {
  it('is one of a newer version: the command to run is named', () => {
    expect(codesOf(`set template 0.2.0\nseed ${one} a.md\n`)).toEqual(['E_LOCK_NEWER:']);
    expect(codesOf('set template 0.1.0-beta.2')).toEqual([]);
  });

  it.each(['seed 12ab a.md', 'seed', `owner ${one} a.md`, 'set  x', 'set X y', `seed ${one}`, '<<<<<<<x'])('is one with the line %j', (line) => {
    expect(codesOf(`set template 0.1.0\n${line}\n`)).toEqual(['E_LOCK_LINE:2']);
  });

  it('is one with a path that leaves the repository', () => {
    expect(codesOf(`seed ${one} ../a.md`)).toEqual(['E_PATH_UNSAFE:']);
  });

  it('is told without a crash, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => void expect(codesOf(text)).toBeInstanceOf(Array)));
  });
});

describe('versions', () => {
  it('come in the order of semver', () => {
    const versions = ['0.0.9', '0.0.10', '0.1.0-alpha', '0.1.0-alpha.1', '0.1.0-alpha.2', '0.1.0-alpha.10', '0.1.0-beta', '0.1.0', '1.0.0', '10.0.0'];
    expect(versions.toReversed().sort(compareVersions)).toEqual(versions);
  });
});

it('any lock is the same after writing and reading', () => {
  const hexes = fc.uniqueArray(fc.constantFrom(one, two, hash('3')), { minLength: 1 });
  const file = fc.record<LockedFile>({
    path: fc.stringMatching(/^[a-z][a-z ]{0,8}[a-z]$/),
    owner: fc.constantFrom('seed', 'edited', 'generated', 'merged', 'deleted'),
    hashes: hexes.map((each) => each.toSorted()),
  });
  fc.assert(
    fc.property(fc.uniqueArray(file, { selector: ({ path }) => path }), (files) => {
      const lock: Lock = { settings: new Map([['template', '0.1.0']]), files: new Map(files.map((each) => [each.path, each])) };
      const read = readLock(writeLock(lock), '0.1.0');
      expect(Object.fromEntries(read.files)).toEqual(Object.fromEntries(lock.files));
    }),
  );
});
