import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './process-group.ts';

/** What a person or a company has told pip about where packages come from. */
export interface PipSettings {
  readonly index?: string;
  readonly extra: readonly string[];
  readonly findLinks: readonly string[];
  readonly trustedHosts: readonly string[];
  readonly cert?: string;
  readonly proxy?: string;
  readonly constraint?: string;
}

/** pip was told nothing. */
export const noPipSettings: PipSettings = { extra: [], findLinks: [], trustedHosts: [] };

/** Reads pip's settings, from its files and from the environment, by asking pip itself. */
export async function readPipSettings(python: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<PipSettings> {
  const limit = signal === undefined ? { seconds: 60 } : { seconds: 60, signal };
  const outcome = await runToEnd({ file: python, args: ['-m', 'pip', '--disable-pip-version-check', 'config', 'list'], env }, limit);
  return outcome.code === 0 ? parsePipSettings(outcome.output) : noPipSettings;
}

/** Asks pip for the index it uses when nobody has told it one. */
export async function defaultIndex(python: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string | undefined> {
  const code = 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)';
  const limit = signal === undefined ? { seconds: 60 } : { seconds: 60, signal };
  const outcome = await runToEnd({ file: python, args: ['-c', code], env }, limit);
  return outcome.code === 0 ? outcome.output.trim() : undefined;
}

/** Makes settings of the lines that `pip config list` prints. */
export function parsePipSettings(lines: string): PipSettings {
  const found = new Map<string, string>();
  // The same order as pip's own: what stands for every command, then for `install`, then the environment.
  for (const section of ['global', 'install', ':env:']) {
    for (const line of lines.split('\n')) {
      const match = /^(?<section>[^.]+)\.(?<key>[a-z-]+)=(?<value>'.*'|".*")$/u.exec(line.trim());
      if (match?.groups?.['section'] === section) found.set(match.groups['key'] ?? '', unquote(match.groups['value'] ?? ''));
    }
  }
  const words = (key: string): string[] => (found.get(key) ?? '').split(/\s+/u).filter((each) => each !== '');
  const one = <Key extends string>(name: Key, key: string): { [K in Key]?: string } => {
    const value = found.get(key);
    return value === undefined || value === '' ? {} : ({ [name]: value } as { [K in Key]?: string });
  };
  return {
    ...one('index', 'index-url'),
    ...one('cert', 'cert'),
    ...one('proxy', 'proxy'),
    ...one('constraint', 'constraint'),
    extra: words('extra-index-url'),
    findLinks: words('find-links'),
    trustedHosts: words('trusted-host'),
  };
}

/**
 * Tells uv what pip was told, because uv reads nothing of pip's: behind a firewall a mirror is often
 * set for pip alone. What the person has told uv itself stays as it is.
 */
export function withUvSettings(env: NodeJS.ProcessEnv, pip: PipSettings): NodeJS.ProcessEnv {
  const own: NodeJS.ProcessEnv = tellsIndex(env) ? {} : indexesForUv(pip);
  const rest: NodeJS.ProcessEnv = {
    ...(pip.cert === undefined ? {} : { SSL_CERT_FILE: pip.cert }),
    ...(pip.proxy === undefined ? {} : { HTTPS_PROXY: pip.proxy, HTTP_PROXY: pip.proxy }),
    ...(pip.trustedHosts.length === 0 ? {} : { UV_INSECURE_HOST: pip.trustedHosts.join(' ') }),
    ...(pip.constraint === undefined || !existsSync(pip.constraint) ? {} : { UV_CONSTRAINT: pip.constraint }),
    // A company's authority is often only in the system's store, where pip looks too.
    UV_SYSTEM_CERTS: 'true',
    UV_HTTP_TIMEOUT: '30',
    UV_PYTHON_DOWNLOADS: 'never',
  };
  return { ...own, ...rest, ...env, UV_PYTHON_DOWNLOADS: 'never' };
}

function indexesForUv(pip: PipSettings): NodeJS.ProcessEnv {
  const extra = pip.extra.filter((each) => isThere(each));
  const findLinks = pip.findLinks.filter((each) => isThere(each));
  return {
    ...(pip.index === undefined ? {} : { UV_DEFAULT_INDEX: pip.index }),
    // pip takes the best version of all its indexes; uv would stop at the first that knows the name.
    ...(extra.length === 0 ? {} : { UV_INDEX: extra.join(' '), UV_INDEX_STRATEGY: 'unsafe-best-match' }),
    ...(findLinks.length === 0 ? {} : { UV_FIND_LINKS: findLinks.join(',') }),
  };
}

/** pip passes over a folder that is not there; uv stops. */
function isThere(place: string): boolean {
  if (/^https?:/iu.test(place)) return true;
  try {
    return existsSync(place.startsWith('file:') ? fileURLToPath(place) : place);
  } catch {
    return false;
  }
}

function tellsIndex(env: NodeJS.ProcessEnv): boolean {
  if (['UV_DEFAULT_INDEX', 'UV_INDEX_URL', 'UV_INDEX'].some((name) => (env[name] ?? '') !== '')) return true;
  return uvFiles(env).some((file) => existsSync(file) && /index/u.test(readFileSync(file, 'utf8')));
}

function uvFiles(env: NodeJS.ProcessEnv): string[] {
  const named = env['UV_CONFIG_FILE'];
  const user = process.platform === 'win32' ? env['APPDATA'] : (env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config'));
  const system = process.platform === 'win32' ? [] : [...(env['XDG_CONFIG_DIRS'] ?? '/etc/xdg').split(':').map((folder) => join(folder, 'uv', 'uv.toml')), '/etc/uv/uv.toml'];
  return [...(named === undefined ? [] : [named]), ...(user === undefined ? [] : [join(user, 'uv', 'uv.toml')]), ...system];
}

/** pip prints its values as Python literals. */
function unquote(literal: string): string {
  return literal.slice(1, -1).replace(/\\(?<escaped>[nt\\'"])/gu, (_, escaped: string) => ({ n: '\n', t: '\t' })[escaped] ?? escaped);
}
