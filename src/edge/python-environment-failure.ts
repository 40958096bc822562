import type { Problem } from '../errors/failure.ts';
import { problem } from '../errors/failure.ts';
import type { Reach } from './network.ts';
import { redactUrl } from './network.ts';

/** What an installing tool left behind. */
export interface ToolFailure {
  readonly tool: 'uv' | 'pip' | 'npm';
  readonly output: string;
  readonly timedOut: boolean;
  readonly seconds: number;
  /** Where it was writing. */
  readonly folder: string;
}

type Rule = readonly [pattern: RegExp, explain: (failure: ToolFailure, address: string, url: string) => Problem];

const index =
  (reason: 'refused' | 'silent' | 'name' | 'denied' | 'broken') =>
  (_: ToolFailure, address: string): Problem =>
    problem('E_INDEX_UNREACHABLE', { index: address, reason });

const proxy =
  (reason: 'refused' | 'silent' | 'credentials' | 'name') =>
  (failure: ToolFailure): Problem =>
    problem('E_PROXY', { proxy: proxyIn(failure.output), reason });

/**
 * What the tools say, from the nearest layer to the farthest: a proxy's refusal also prints as an index that
 * cannot be reached, so it has to be looked for first.
 */
const rules: readonly Rule[] = [
  [/No space left on device|os error 28|Errno 28|ENOSPC|not enough space on the disk/iu, ({ folder }) => problem('E_DISK_FULL', { folder })],
  [/proxy authori[sz]ation required|407 Proxy Auth|Tunnel connection failed: 407/iu, proxy('credentials')],
  [/tunnel error|ProxyError|Cannot connect to proxy|Unable to connect to proxy/iu, proxy('refused')],
  [/invalid peer certificate|CERTIFICATE_VERIFY_FAILED|certificate verify failed|UnknownIssuer|SSLError\(/iu, (_, address) => problem('E_CERTIFICATE_UNKNOWN', { host: hostOf(address) })],
  [/Connection refused|ConnectionRefusedError|WinError 10061|os error 111|os error 61\b|Network is unreachable/iu, index('refused')],
  [/dns error|Name or service not known|getaddrinfo failed|nodename nor servname|Temporary failure in name resolution|NameResolutionError/iu, index('name')],
  [/operation timed out|Read timed out|ReadTimeoutError|ConnectTimeout|Failed to download.*timeout|Connection timed out/iu, index('silent')],
  [/401 Unauthorized|403 Forbidden|lack of valid authentication|User for .*:|401 Client Error|403 Client Error/iu, index('denied')],
  [/\b5\d\d (?:Server Error|Internal Server Error|Bad Gateway|Service Unavailable)/iu, index('broken')],
];

/** Names the layer that kept a tool from installing, as far as its own words tell. */
export function explainToolFailure(failure: ToolFailure, index: string | undefined): Problem {
  const address = addressIn(failure.output) ?? redactUrl(index ?? '');
  const shown = originOf(address);
  const rule = rules.find(([pattern]) => pattern.test(failure.output));
  if (rule !== undefined) return rule[1](failure, shown, address);
  if (failure.timedOut) return problem('E_INSTALL_SLOW', { tool: failure.tool, seconds: Math.round(failure.seconds) });
  const lacking = lackingIn(failure.output);
  if (lacking !== undefined) return problem('E_INDEX_LACKS', { requirement: lacking, index: shown });
  return problem('E_INSTALL_FAILED', { tool: failure.tool, detail: lastWords(failure.output) });
}

/** Whether the tool's own words leave open what is behind them, so that asking the index is worth a request. */
export function isUnclear(found: Problem): boolean {
  return found.code === 'E_INSTALL_SLOW' || found.code === 'E_INDEX_LACKS' || found.code === 'E_INSTALL_FAILED';
}

/** The problem that one request to the index shows, or none when the index answers. */
export function explainReach(reach: Reach, address: string): Problem | undefined {
  const index = originOf(redactUrl(address));
  if (reach.kind === 'answers') {
    if (reach.status === 401 || reach.status === 403) return problem('E_INDEX_UNREACHABLE', { index, reason: 'denied' });
    if (reach.status === 407) return problem('E_PROXY', { proxy: index, reason: 'credentials' });
    return reach.status >= 500 ? problem('E_INDEX_UNREACHABLE', { index, reason: 'broken' }) : undefined;
  }
  if (reach.kind === 'proxy') return problem('E_PROXY', { proxy: originOf(reach.proxy), reason: reach.reason });
  if (reach.kind === 'certificate') return problem('E_CERTIFICATE_UNKNOWN', { host: hostOf(index) });
  return problem('E_INDEX_UNREACHABLE', { index, reason: reach.kind });
}

/** The end of what a tool printed, without credentials, short enough to read. */
export function lastWords(output: string): string {
  const lines = redactUrl(output).split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const telling = lines.filter((line) => /error|cause|failed|hint/iu.test(line));
  return (telling.length === 0 ? lines : telling).slice(-3).join(' / ').slice(-600) || '(no output)';
}

function addressIn(output: string): string | undefined {
  const told = /(?:Failed to fetch|Could not fetch URL|Failed to download|An index \(|An index URL \()[^\n]*?(?<url>https?:\/\/[^\s`)]+)/iu.exec(output)?.groups?.['url'];
  const pool = /HTTPS?ConnectionPool\(host='(?<host>[^']+)', port=(?<port>\d+)\)/u.exec(output)?.groups;
  if (told !== undefined) return redactUrl(told);
  if (pool !== undefined) return `${pool['port'] === '443' ? 'https' : 'http'}://${pool['host']}:${pool['port']}`;
  const looking = /Looking in indexes: (?<url>[^\s,]+)/u.exec(output)?.groups?.['url'];
  return looking === undefined ? undefined : redactUrl(looking);
}

/** Only where it is: the page that was asked for says nothing to a person. */
function originOf(address: string): string {
  try {
    return new URL(address).origin;
  } catch {
    return address === '' ? '(pip, uv)' : address;
  }
}

function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return address;
  }
}

function proxyIn(output: string): string {
  const named = /proxy(?: URL)?[^\n]*?(?<url>https?:\/\/[^\s'")]+)/iu.exec(output)?.groups?.['url'];
  return named === undefined ? '(HTTP_PROXY / HTTPS_PROXY)' : originOf(redactUrl(named));
}

function lackingIn(output: string): string | undefined {
  const pip = /No matching distribution found for (?<name>[^\s]+)/u.exec(output)?.groups?.['name'];
  const uv = /Because (?<name>[a-z0-9._-]+) was not found in the package registry|there is no version of (?<version>[^\s,]+)/iu.exec(output)?.groups;
  return pip ?? uv?.['name'] ?? uv?.['version'];
}
