import { constants } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Problem } from '../errors/failure.ts';
import { Failure, problem } from '../errors/failure.ts';
import type { AddressSeen, DoctorProbes, PythonSeen } from '../jobs/ports.ts';
import { proxyFor, reach, redactUrl, withoutLoopbackProxy } from './network.ts';
import { defaultIndex, noPipSettings, readPipSettings } from './network-indexes.ts';
import { PrefectApi } from './prefect-api.ts';
import { freePort } from './prefect-server.ts';
import { isOlder, lowestPrefect, prefectVersion } from './prefect.ts';
import { runToEnd } from './process-group.ts';
import { explainReach } from './python-environment-failure.ts';
import { findPython, pythonOf } from './python-environment-interpreter.ts';

/** Seconds that an address has to answer, and a program to say what it knows. */
const patience = 8;
const programPatience = 30;

/** Looks at this machine. `folder` is the repository, or where one is to be. */
export function nodeProbes(folder: string, env: NodeJS.ProcessEnv, signal: AbortSignal): DoctorProbes {
  const surroundings = { folder: resolve(folder), env: withoutLoopbackProxy(env), signal };
  return {
    node: () => Promise.resolve({ version: process.versions.node }),
    python: () => seePython(surroundings),
    uv: () => seeVersion('uv', surroundings),
    packageIndex: () => seeIndex(surroundings),
    npmRegistry: () => seeRegistry(surroundings),
    certificates: () => seeCertificates(env),
    proxies: () => seeProxies(env, signal),
    git: () => seeVersion('git', surroundings),
    prefect: () => seePrefect(surroundings),
    prefectApi: () => seeApi(surroundings),
    port: () => seePort(),
    disk: () => seeDisk(surroundings.folder),
  };
}

interface Surroundings {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

async function seePython({ folder, env, signal }: Surroundings): Promise<PythonSeen> {
  try {
    const { version, path, missingModule } = await findPython(folder, env, signal);
    return { version, path, ...(missingModule !== undefined && { missingModule }) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

async function seeVersion(program: 'uv' | 'git', { env, signal }: Surroundings): Promise<{ version?: string }> {
  const outcome = await runToEnd({ file: program, args: ['--version'], env }, { seconds: programPatience, signal });
  const version = /\d+(?:\.\d+)+/u.exec(outcome.code === 0 ? outcome.output : '')?.[0];
  return version === undefined ? {} : { version };
}

async function seeIndex({ folder, env, signal }: Surroundings): Promise<AddressSeen> {
  const python = await findPython(folder, env, signal).catch(() => undefined);
  const pip = python === undefined ? noPipSettings : await readPipSettings(python.path, env, signal);
  const address = env['UV_DEFAULT_INDEX'] ?? env['UV_INDEX_URL'] ?? pip.index ?? (python === undefined ? undefined : await defaultIndex(python.path, env, signal));
  const proxied = { ...env, ...(pip.proxy !== undefined && { https_proxy: pip.proxy, http_proxy: pip.proxy }), ...(pip.cert !== undefined && { PIP_CERT: pip.cert }) };
  return await seeAddress(address, proxied);
}

async function seeRegistry({ env, signal }: Surroundings): Promise<AddressSeen> {
  const registry = await npmSetting('registry', env, signal);
  const authority = await npmSetting('cafile', env, signal);
  return await seeAddress(registry, { ...env, ...(authority !== undefined && { NODE_EXTRA_CA_CERTS: authority }) });
}

async function npmSetting(name: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string | undefined> {
  const command = process.platform === 'win32' ? { file: 'cmd.exe', args: ['/d', '/c', 'npm', 'config', 'get', name] } : { file: 'npm', args: ['config', 'get', name] };
  const outcome = await runToEnd({ ...command, env }, { seconds: programPatience, signal });
  const value = outcome.code === 0 ? outcome.output.trim().split('\n').at(-1) : undefined;
  return value === undefined || value === 'null' || value === 'undefined' || value === '' ? undefined : value;
}

async function seeAddress(address: string | undefined, env: NodeJS.ProcessEnv): Promise<AddressSeen> {
  if (address === undefined || !URL.canParse(address)) return {};
  const found = explainReach(await reach(address, env, patience), address);
  const shown = new URL(redactUrl(address)).origin;
  return found === undefined ? { address: shown } : { address: shown, problem: found };
}

const certificateVariables = ['SSL_CERT_FILE', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'PREFECT_API_SSL_CERT_FILE'];

async function seeCertificates(env: NodeJS.ProcessEnv): ReturnType<DoctorProbes['certificates']> {
  const named = certificateVariables.flatMap((variable) => (env[variable] === undefined || env[variable] === '' ? [] : [{ variable, file: env[variable] }]));
  return await Promise.all(named.map(async (each) => ({ ...each, readable: await readFile(each.file).then(() => true, () => false) })));
}

const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

async function seeProxies(env: NodeJS.ProcessEnv, signal: AbortSignal): ReturnType<DoctorProbes['proxies']> {
  const byAddress = new Map<string, string>();
  for (const variable of proxyVariables) {
    const address = env[variable];
    if (address !== undefined && address !== '' && !byAddress.has(address)) byAddress.set(address, variable);
  }
  const found = await Promise.all([...byAddress].map(async ([address, variable]) => ({ variable, ...(await seeProxy(address)) })));
  signal.throwIfAborted();
  const exempt = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(',').map((each) => each.trim());
  return { found, sparesLoopback: exempt.some((each) => ['*', '127.0.0.1', '127.0.0.0/8'].includes(each)) };
}

/** A proxy that can be reached at all answers a plain request somehow; what it lets through the index shows. */
async function seeProxy(text: string): Promise<AddressSeen> {
  const url = proxyFor(new URL('https://packages.invalid'), { https_proxy: text });
  if (url === undefined) return { address: redactUrl(text), problem: problem('E_PROXY', { proxy: redactUrl(text), reason: 'name' }) };
  const shown = redactUrl(url.origin);
  const seen = await reach(`http://${url.host}/`, { no_proxy: '*' }, patience);
  if (seen.kind === 'refused' || seen.kind === 'silent' || seen.kind === 'name') return { address: shown, problem: problem('E_PROXY', { proxy: shown, reason: seen.kind }) };
  return { address: shown };
}

async function seePrefect({ folder, env, signal }: Surroundings): ReturnType<DoctorProbes['prefect']> {
  const python = pythonOf(join(folder, '.venv'));
  const there = await access(python).then(() => true, () => false);
  if (!there) return {};
  const version = await prefectVersion(python, env, signal);
  if (version === undefined) return { problem: problem('E_PREFECT_MISSING', { python }) };
  return isOlder(version, lowestPrefect) ? { version, problem: problem('E_PREFECT_OLD', { found: version, needed: lowestPrefect }) } : { version };
}

async function seeApi(surroundings: Surroundings): Promise<AddressSeen> {
  const url = surroundings.env['PREFECT_API_URL'] ?? (await profileUrl(surroundings));
  if (url === undefined || !URL.canParse(url)) return {};
  const seen = await reach(`${url.replace(/\/$/u, '')}/health`, surroundings.env, patience);
  const shown = redactUrl(url);
  if (seen.kind === 'answers' && seen.status < 400) return { address: shown };
  const detail = seen.kind === 'answers' ? `${seen.status}` : 'detail' in seen ? seen.detail : `proxy ${seen.proxy}: ${seen.reason}`;
  return { address: shown, problem: problem('E_PREFECT_UNREACHABLE', { url: shown, detail }) };
}

/** A profile of Prefect may name the API too; only Prefect itself can say so. */
async function profileUrl({ folder, env, signal }: Surroundings): Promise<string | undefined> {
  const python = pythonOf(join(folder, '.venv'));
  const there = await access(python).then(() => true, () => false);
  if (!there) return undefined;
  const code = 'from prefect.settings import PREFECT_API_URL; print(PREFECT_API_URL.value() or "")';
  const outcome = await runToEnd({ file: python, args: ['-c', code], env, cwd: folder }, { seconds: programPatience, signal });
  const url = outcome.code === 0 ? outcome.output.trim().split('\n').at(-1) : '';
  return url === '' ? undefined : url;
}

const serverPort = 4200;

async function seePort(): ReturnType<DoctorProbes['port']> {
  const free = await freePort(serverPort).then(() => true, () => false);
  if (free) return { port: serverPort };
  const prefect = await new PrefectApi(`http://127.0.0.1:${serverPort}/api`).isHealthy();
  return { port: serverPort, takenBy: prefect ? 'prefect' : 'other' };
}

async function seeDisk(folder: string): ReturnType<DoctorProbes['disk']> {
  for (let place = folder; ; place = resolve(place, '..')) {
    const space = await statfs(place).catch(() => undefined);
    if (space === undefined && place !== resolve(place, '..')) continue;
    const writable = await access(place, constants.W_OK).then(() => true, () => false);
    return { folder: place, freeBytes: space === undefined ? 0 : space.bavail * space.bsize, writable };
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Failure && error.problems[0] !== undefined) return error.problems[0];
  throw error;
}
