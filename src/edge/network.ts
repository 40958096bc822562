import { existsSync, readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import * as tls from 'node:tls';

/** What stands between this machine and an address, as far as one request can tell. */
export type Reach =
  | { readonly kind: 'answers'; readonly status: number }
  | { readonly kind: 'refused' | 'silent' | 'name' | 'certificate' | 'broken'; readonly detail: string }
  | { readonly kind: 'proxy'; readonly reason: 'refused' | 'silent' | 'credentials' | 'name'; readonly proxy: string };

const loopback = ['127.0.0.1', 'localhost', '::1'];

/** The environment with loopback kept out of every proxy: a local server must not be asked for through one. */
export function withoutLoopbackProxy(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const listed = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(',').map((each) => each.trim());
  const all = [...new Set([...listed.filter((each) => each !== ''), ...loopback])].join(',');
  return { ...env, NO_PROXY: all, no_proxy: all };
}

/** The proxy that the environment names for an address, as curl and pip read it. */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): URL | undefined {
  if (isExempt(url.hostname, env)) return undefined;
  const scheme = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const named = [scheme, scheme.toUpperCase(), 'all_proxy', 'ALL_PROXY'].map((name) => env[name]).find((value) => value !== undefined && value !== '');
  if (named === undefined) return undefined;
  try {
    return new URL(named.includes('://') ? named : `http://${named}`);
  } catch {
    return undefined;
  }
}

/** The address without the credentials that may stand in it. */
export function redactUrl(text: string): string {
  return text.replace(/(?<scheme>\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/giu, '$<scheme>***@');
}

/** Asks an address once, through the proxy that the environment names, and says what came of it. */
export async function reach(address: string, env: NodeJS.ProcessEnv, seconds: number): Promise<Reach> {
  const url = new URL(address);
  const proxy = proxyFor(url, env);
  if (proxy === undefined) return await ask(url, env, seconds);
  const socket = await tunnel(url, proxy, seconds);
  return 'kind' in socket ? socket : await ask(url, env, seconds, socket);
}

function isExempt(host: string, env: NodeJS.ProcessEnv): boolean {
  const bare = host.replace(/^\[|\]$/gu, '');
  if (loopback.includes(bare) || bare.startsWith('127.')) return true;
  const rules = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(',').map((each) => each.trim().replace(/^\*?\./u, ''));
  return rules.some((rule) => rule === '*' || (rule !== '' && (bare === rule || bare.endsWith(`.${rule}`))));
}

function ask(url: URL, env: NodeJS.ProcessEnv, seconds: number, socket?: Socket): Promise<Reach> {
  const secure = url.protocol === 'https:';
  const options = {
    method: 'GET',
    agent: false,
    ...(socket === undefined ? {} : { createConnection: () => (secure ? tls.connect({ socket, servername: url.hostname, ca: authorities(env) }) : socket) }),
    ...(secure ? { ca: authorities(env) } : {}),
  };
  return new Promise((resolve) => {
    const request = (secure ? https : http).request(url, options, (response) => {
      response.resume();
      finish({ kind: 'answers', status: response.statusCode ?? 0 });
    });
    const timer = setTimeout(() => finish({ kind: 'silent', detail: `${seconds} s` }), seconds * 1000);
    const finish = (result: Reach): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(result);
    };
    request.on('error', (error: NodeJS.ErrnoException) => finish(classifyError(error)));
    request.end();
  });
}

/** Opens a tunnel through a proxy. Its failures are the proxy's, whatever lies behind it. */
function tunnel(url: URL, proxy: URL, seconds: number): Promise<Socket | Reach> {
  const shown = redactUrl(proxy.href);
  const failed = (reason: 'refused' | 'silent' | 'credentials' | 'name'): Reach => ({ kind: 'proxy', reason, proxy: shown });
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return new Promise((resolve) => {
    const request = (proxy.protocol === 'https:' ? https : http).request({
      host: proxy.hostname,
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
      method: 'CONNECT',
      path: `${url.hostname}:${port}`,
      agent: false,
      headers: { host: `${url.hostname}:${port}`, ...credentials(proxy) },
    });
    const timer = setTimeout(() => end(failed('silent')), seconds * 1000);
    const end = (result: Socket | Reach): void => {
      clearTimeout(timer);
      if ('kind' in result) request.destroy();
      resolve(result);
    };
    request.on('connect', (response, socket) => end(response.statusCode === 200 ? socket : failed(response.statusCode === 407 ? 'credentials' : 'refused')));
    request.on('error', (error: NodeJS.ErrnoException) => end(failed(classifyError(error).kind === 'name' ? 'name' : 'refused')));
    request.end();
  });
}

function credentials(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const plain = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(plain).toString('base64')}` };
}

function classifyError(error: NodeJS.ErrnoException): Reach {
  const code = error.code ?? '';
  const detail = redactUrl(error.message);
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return { kind: 'refused', detail };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'name', detail };
  if (code === 'ETIMEDOUT') return { kind: 'silent', detail };
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/u.test(code)) return { kind: 'certificate', detail };
  return { kind: 'broken', detail };
}

/** Node's own authorities and those that pip, curl and OpenSSL are told of: a company's is often only there. */
function authorities(env: NodeJS.ProcessEnv): string[] {
  const files = ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'].map((name) => env[name]);
  const given = new Set(files.filter((file): file is string => file !== undefined && file !== '' && existsSync(file)));
  return [...tls.rootCertificates, ...[...given].map((file) => readFileSync(file, 'utf8'))];
}
