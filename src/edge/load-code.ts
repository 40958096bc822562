import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script, constants } from 'node:vm';
import { version } from 'virtual:version';
import { uses } from './code-use.ts';

/** What a file of code gives to who loads it. */
type Exports = Record<string, unknown>;
type Program = (exports: Exports, load: (name: string) => unknown, file: string) => void;

interface Compiled {
  readonly script: Script;
  readonly cache: string;
  /** When its code was built, in milliseconds. */
  readonly time: number;
  /** Nothing was kept of it, or V8 refused it. */
  readonly isNew: boolean;
}

// Code below this size is compiled sooner than a second file is opened.
const worthKeeping = 8192;

const dist = fileURLToPath(new URL('.', import.meta.url));
const cacheFolder = join(dist, 'cache');
/** The modules of the package may be imported side by side, and must see the same classes. */
const loaded = registry();
const compiled: Compiled[] = [];

/**
 * Loads what ships, with all that it needs. Compiling takes longer than running, so what V8 made of a file is kept beside it
 * and taken the next time: it lies with the code, belongs to whom that belongs to, and goes when that goes.
 */
export function loadCode<Shape>(name: string): Shape {
  return load(`./${name}.cjs`) as Shape;
}

function registry(): Map<string, Exports> {
  const key = Symbol.for(`create-kpi-flow ${dist}`);
  const place = globalThis as unknown as Record<symbol, Map<string, Exports> | undefined>;
  return (place[key] ??= new Map());
}

function load(name: string): unknown {
  if (!name.startsWith('./')) return process.getBuiltinModule(name as 'node:fs');
  const found = loaded.get(name);
  if (found !== undefined) return found;
  const exports: Exports = {};
  loaded.set(name, exports);
  const file = join(dist, 'chunks', name);
  (compile(file).runInThisContext() as Program)(exports, load, file);
  return exports;
}

function compile(filename: string): Script {
  // What ships has no character beyond ASCII.
  const code = `(function(exports,require,__filename){${readFileSync(filename, 'latin1')}\n})`;
  const options = { filename, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER };
  if (code.length < worthKeeping || process.env.NODE_DISABLE_COMPILE_CACHE !== undefined) return new Script(code, options);
  // V8 looks at its own version, its flags and the length of the code; the time tells one build from the next.
  const time = statSync(filename).mtimeMs;
  const cache = cacheOf(`${basename(filename, '.cjs')}-${version}-${time}`);
  const cachedData = read(cache);
  const script = new Script(code, { ...options, ...(cachedData !== undefined && { cachedData }) });
  if (compiled.push({ script, cache, time, isNew: cachedData === undefined || script.cachedDataRejected === true }) === 1) process.once('exit', keepAll);
  return script;
}

function cacheOf(name: string): string {
  return join(cacheFolder, `${name}-${process.version}-${process.arch}`);
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/**
 * At the end it is known which functions are used: they are kept too, with those that were kept before. The first time
 * that a process is used for something it brings functions that none before has needed.
 */
function keepAll(code: number): void {
  // Starting the parser of Python changes V8's flags, and what is compiled with others is refused the next time.
  if (code !== 0 || loaded.has('./load-python.cjs')) return;
  const build = compiled.reduce((sum, { time }) => sum + time, 0);
  const isFirst = uses().filter((use) => leave(cacheOf(`used-${use}-${version}-${build}`))).length > 0;
  compiled.filter(({ isNew }) => isFirst || isNew).forEach(keep);
}

/** Whether a mark was not there, and is now. */
function leave(mark: string): boolean {
  try {
    writeFileSync(mark, '', { flag: 'wx' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && makeFolder() && leave(mark);
  }
}

/** Nothing depends on it: a package in a folder that nobody may write to just starts as it did. */
function keep({ script, cache }: Compiled): void {
  makeFolder();
  const half = `${cache}.${process.pid}`;
  try {
    writeFileSync(half, script.createCachedData(), { flush: true });
    renameSync(half, cache);
  } catch {
    // The next run tries again.
  }
}

function makeFolder(): boolean {
  try {
    mkdirSync(cacheFolder);
    return true;
  } catch {
    // It is there, or writing will say why it cannot be.
    return false;
  }
}
