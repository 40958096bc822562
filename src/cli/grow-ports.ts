import { createHash } from 'node:crypto';
import { version } from 'virtual:version';
import { additions } from '../../generators/additions.ts';
import { wallClock } from '../edge/environment.ts';
import { readPythonGrammar } from '../edge/python-grammar.ts';
import { nodeRepositories } from '../edge/repository.ts';
import type { GrowPorts } from '../jobs/grow.ts';
import type { RunEntry } from '../jobs/ports.ts';

/** What the jobs on a repository work with on this machine. */
export function growPorts(cwd: string, finished?: (entry: RunEntry) => void): GrowPorts {
  return {
    repositories: nodeRepositories(finished),
    generators: additions,
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
