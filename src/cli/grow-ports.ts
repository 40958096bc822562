import { createHash } from 'node:crypto';
import { version } from 'virtual:version';
import { wallClock } from '../edge/environment.ts';
import { readPythonGrammar } from '../edge/python-grammar.ts';
import { nodeRepositories } from '../edge/repository.ts';
import type { GrowPorts } from '../jobs/grow.ts';
import type { RunEntry } from '../jobs/ports.ts';
import { uiOf } from '../messages/speak.ts';
import { printable } from './printable.ts';
import type { Session } from './run.ts';

/** What the jobs on a repository work with on this machine. */
export function growPorts(cwd: string, generators: GrowPorts['generators'], finished?: (entry: RunEntry) => void): GrowPorts {
  return {
    repositories: nodeRepositories(finished),
    generators,
    clock: wallClock,
    loadPython: async () => {
      const { loadPython } = await import('../python/load-python.ts');
      return loadPython(await readPythonGrammar());
    },
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    version,
    cwd,
  };
}

/** The same for a command, which tells when it has finished a run that was cut. */
export function portsOf({ terminal, locale }: Session, generators: GrowPorts['generators']): GrowPorts {
  return growPorts(process.cwd(), generators, ({ command }) => terminal.note(uiOf(locale).grow.finished(printable(command))));
}
