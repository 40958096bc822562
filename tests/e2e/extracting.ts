import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** What to extract: which stage, with which variables, which days, and what else its reader is given. */
export interface Asked {
  readonly stage: string;
  readonly env: Readonly<Record<string, string>>;
  readonly days: readonly [start: string, end: string];
  readonly given?: object;
  /** What stands in the stage's module instead. */
  readonly constants?: object;
}

/** What came of it, or what was said. */
export interface Found {
  readonly rows?: number;
  readonly first?: string;
  readonly types?: readonly string[];
  readonly columns?: readonly string[];
  readonly amount?: number;
  readonly nulls?: number;
  readonly channels?: readonly string[];
  readonly error?: string;
  readonly says?: string;
}

export interface Extracting {
  readonly extract: (asked: readonly Asked[]) => Promise<Found[]>;
  readonly stop: () => Promise<void>;
}

// One process for many questions: what it imports takes longer than most of them.
const script = (reader: string) => `
import json, os, sys
from datetime import date
from functools import partial
from importlib import import_module

from core import http_client, ${reader}
from own_frames import ours

# Not as patient as with a real service.
http_client.TIMEOUT = http_client.httpx2.Timeout(2)
http_client.ATTEMPTS = 3
shell = dict(os.environ)

def extract(stage, env, days, given={}, constants={}):
    os.environ.clear()
    os.environ.update(shell | env)
    module = import_module(f"core.extractors.{stage}")
    usual = {key: getattr(module, key) for key in constants}
    for key, value in constants.items():
        setattr(module, key, {**usual[key], **value} if isinstance(value, dict) else value)
    if given:
        module.read_${reader} = partial(${reader}.read_${reader}, **given)
    try:
        frame = ours(getattr(module, stage)(*map(date.fromisoformat, days)))
    except Exception as error:
        return {"error": type(error).__name__, "says": str(error)}
    finally:
        if given:
            module.read_${reader} = ${reader}.read_${reader}
        for key, value in usual.items():
            setattr(module, key, value)
    return {
        "rows": frame.height,
        "first": str(frame.row(0)) if frame.height else "",
        "types": [str(each) for each in frame.dtypes],
        "columns": frame.columns,
        "amount": float(frame["amount"].sum()),
        "nulls": frame["amount"].null_count(),
        "channels": sorted(set(frame["channel"])),
    }

for line in sys.stdin:
    print(json.dumps([extract(**each) for each in json.loads(line)]), flush=True)
`;

/** Starts a process in a repository that extracts whatever it is asked for, by `read_api` or `read_sap`. */
export function startExtracting(python: string, root: string, reader: 'api' | 'sap'): Extracting {
  const child = spawn(python, ['-c', script(reader)], { cwd: root, env: { ...process.env, PYTHONPATH: [`${root}/src`, resolve('tests/e2e')].join(delimiter), PYTHONUTF8: '1' }, stdio: 'pipe' });
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return {
    extract: async (asked) => {
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`the process of the extractors has ended\n${said}`);
      return JSON.parse(value) as Found[];
    },
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}
