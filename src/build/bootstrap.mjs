// Starts a job of this project from a bare clone: installs what is missing, builds, then runs it.
//   node src/build/bootstrap.mjs <build|test|demo|docs|bench> [arguments of the job]
// Plain JavaScript and node: imports only, because it runs before anything is installed.
// stdout belongs to the job; everything said here goes to stderr.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.kpi-flow-lock');
const [job = 'build', ...args] = process.argv.slice(2);

process.chdir(root);
checkNode();
await install();
if (job === 'build') await step('build', build);
else {
  await buildApart();
  await runJob();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  stop(`Node ${process.versions.node} is too old: install Node 20.19 or newer, or 22.12 or newer.`);
}

/** Installs when the lock file or Node's major version is not the one of the last complete install. */
async function install() {
  // A linked node_modules is another checkout's: npm ci would empty it there.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = createHash('sha256').update(lock).update(process.versions.node.split('.')[0]).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  // The stamp goes first and comes back last, so that an install that was cut short is never taken for a whole one.
  rmSync(stampFile, { force: true });
  const { packages } = JSON.parse(lock.toString());
  const wanted = Object.keys(packages).filter((path) => path !== '' && fits(packages[path]));
  await step(
    'npm ci',
    npmCi,
    () =>
      `${wanted.filter((path) => existsSync(join(root, path, 'package.json'))).length} of about ${wanted.length} packages`,
  );
  writeFileSync(stampFile, stamp);
}

/** Whether npm installs a package here, or skips it as one for another system. */
function fits({ os, cpu }) {
  return (os ?? [process.platform]).includes(process.platform) && (cpu ?? [process.arch]).includes(process.arch);
}

async function npmCi() {
  const cli = process.env.npm_execpath ?? '';
  // Under npm the same npm runs again; pnpm and yarn set this variable too, and cannot do it.
  const command = /npm-cli\.[cm]?js$/.test(cli) ? [process.execPath, cli] : ['npm'];
  const { code, text } = await run([...command, 'ci', '--no-audit', '--no-fund'], {
    shell: command.length === 1 && process.platform === 'win32',
  });
  if (code === 0) return;
  if (code === undefined) stop('npm was not found: it comes with Node, see https://nodejs.org.');
  process.stderr.write(text);
  stop(`npm ci failed (exit ${code}): ${reasonOf(text)}`);
}

function reasonOf(text) {
  const reasons = [
    [
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|network/i,
      'the package registry cannot be reached. Check "npm config get registry", your proxy and your connection.',
    ],
    [
      /CERT|SELF_SIGNED|unable to (get|verify)/i,
      'the certificate of the package registry is not trusted. Give your authority\'s file to npm: "npm config set cafile <file>".',
    ],
    [/ENOSPC/, 'the disk is full.'],
    [/EACCES|EPERM/, "a file cannot be written. Check who owns this folder and npm's cache."],
    [/EBADENGINE/, 'this version of Node does not fit a package.'],
    [/E404|ETARGET/, 'the package registry lacks a package of package-lock.json.'],
  ];
  return reasons.find(([pattern]) => pattern.test(text))?.[1] ?? 'what npm said stands above.';
}

/** Bundles into a folder beside dist and swaps the two, so that a build that fails or is stopped leaves the old one. */
async function build() {
  const rolldown = await import(pathToFileURL(join(modules, 'rolldown/dist/index.mjs')).href);
  const { loadConfig } = await import(pathToFileURL(join(modules, 'rolldown/dist/config.mjs')).href);
  const bundles = await loadConfig(join(root, 'src/build/bundles.ts'));
  const fresh = join(root, '.cache', `dist-${process.pid}`);
  const old = join(root, '.cache', `dist-old-${process.pid}`);
  mkdirSync(dirname(fresh), { recursive: true });
  for (const options of bundles(root, fresh)) await rolldown.build({ logLevel: 'warn', ...options });
  swap(fresh, join(root, 'dist'), old);
}

/** Another build may swap at the same moment: then ours goes over it. */
function swap(fresh, dist, old, tries = 5) {
  rmSync(old, { recursive: true, force: true });
  try {
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(fresh, dist);
  } catch (error) {
    if (tries === 0 || !['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) throw error;
    swap(fresh, dist, old, tries - 1);
  }
  rmSync(old, { recursive: true, force: true });
}

/** Builds in a process of its own: a bundler's memory is not carried along, nor copied into whatever a job starts. */
async function buildApart() {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'build'], { stdio: ['ignore', 2, 2] });
  const code = await new Promise((resolve) => child.on('exit', (exitCode) => resolve(exitCode ?? 130)));
  if (code !== 0) process.exit(code);
}

async function runJob() {
  const [name, ...more] = job.split(':');
  const file = join(root, 'dist/build', `${name}.mjs`);
  if (!existsSync(file)) stop(`there is no job "${job}"; it would be src/build/${name}.ts`, 2);
  // The job sees its own arguments where a command would: `npm run demo -- --keep` gives it `--keep`.
  process.argv.splice(1, process.argv.length, file, ...more.map((each) => `--${each}`), ...args);
  await import(pathToFileURL(file).href);
}

/** Says what runs and, while it lasts, for how long; `state` adds how far it has come. */
async function step(name, work, state) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const terminal = process.stderr.isTTY === true;
  const timer = setInterval(
    () => {
      const line = `${name}: ${seconds()}${state ? `, ${state()}` : ''}`;
      process.stderr.write(terminal ? `\r${line}\u001b[K` : `${line}\n`);
    },
    terminal ? 500 : 5000,
  );
  try {
    await work();
    process.stderr.write(`${terminal ? '\r\u001b[K' : ''}${name}: done in ${seconds()}\n`);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${name}: failed after ${seconds()}\n${terminal ? text : stripVTControlCharacters(text)}\n`);
    process.exit(70);
  } finally {
    clearInterval(timer);
  }
}

/** Runs a command without a terminal; gives its exit code (none: it could not start) and all that it said. */
function run([command, ...rest], options) {
  return new Promise((resolve) => {
    let text = '';
    const child = spawn(command, rest, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
    child.on('error', () => resolve({ code: undefined, text }));
    child.on('close', (code) => resolve({ code: code ?? 1, text }));
  });
}

function stop(reason, code = 3) {
  process.stderr.write(`kpi-flow: ${reason}\n`);
  process.exit(code);
}
