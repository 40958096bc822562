import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What `npm run build` made, or another build that somebody wants to try. */
export const dist = resolve(process.env['KPI_FLOW_TEST_DIST'] ?? 'dist');

export type Bin = 'kpi-flow' | 'create-kpi-flow';

export function binFile(bin: Bin): string {
  const file = join(dist, `${bin}.mjs`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first`);
  return file;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Run instead of `node`, with the bin and its arguments behind. */
  readonly through?: readonly string[];
}

/** A home where nothing of the person who runs the tests counts. */
export function bareEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    LANG: 'en_US.UTF-8',
    TZ: 'Europe/Madrid',
  };
}

/** Runs a bin to its end, with a closed standard input and pipes for the rest. */
export function runCli(
  bin: Bin,
  args: readonly string[],
  { env = {}, cwd = tmpdir(), through = [] }: RunOptions = {},
): Promise<Ended> {
  const [file = '', ...rest] = [...through, process.execPath, binFile(bin), ...args];
  const child = spawn(file, rest, { cwd, env: { ...bareEnvironment(cwd), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const read = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (read.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (read.stderr += String(chunk)));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => done({ code, ...read }));
  });
}

/** A new folder, and how to remove it. */
export function makeHome(): { readonly home: string; readonly remove: () => void } {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'kpi-flow-cli-')));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** Every file below a folder with its text, but git's own. */
export function snapshot(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = files
    .map((each) => join(each.parentPath, each.name))
    .filter((path) => !path.slice(folder.length).split('/').includes('.git'));
  return Object.fromEntries(paths.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** The codes of the errors that a text shows, in order. */
export function codesIn(text: string): string[] {
  return [...text.matchAll(/error\[(E_[A-Z_]+)\]/g)].map(([, code]) => code ?? '');
}

/** Says on the test's output what was not tried, and why: a skip without a reason looks like a pass. */
export function tell(reason: string): void {
  process.stderr.write(`${reason}\n`);
}
