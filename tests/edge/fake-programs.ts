import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of fake programs that can be put on PATH. */
export interface FakePrograms {
  readonly folder: string;
  /** Writes a program: lines of POSIX shell. */
  add(name: string, lines: string): Promise<string>;
  remove(): Promise<void>;
}

export async function fakePrograms(): Promise<FakePrograms> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-fake-'));
  return {
    folder,
    async add(name, lines) {
      const file = join(folder, name);
      await writeFile(file, `#!/bin/sh\n${lines}\n`);
      await chmod(file, 0o755);
      return file;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A fake Python that says it is of a version, and that a module is missing. */
export function pythonSaying(version: string, missing = ''): string {
  const answer = JSON.stringify({ path: '/opt/fake/python', version: version.split('.').map(Number), missing });
  return `echo '${answer}'`;
}
