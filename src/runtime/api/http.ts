import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { rootCertificates } from 'node:tls';
import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { PrefectSettingsError, PrefectUnreachable } from './api-errors.ts';
import type { Settings } from './settings.ts';

const unzip = promisify(gunzip);

export interface HttpRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** One request, one answer; connections are kept and bounded. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/** As many connections as Prefect's client holds. */
const connections = 16;

/**
 * @throws PrefectUnreachable from `send` when no whole answer comes
 * @throws PrefectSettingsError when the certificates that the settings name cannot be read
 */
export function makeTransport(settings: Pick<Settings, 'tls' | 'requestTimeoutMs'>): Transport {
  const shared = { keepAlive: true, maxSockets: connections };
  const plain = new http.Agent(shared);
  const secure = new https.Agent({ ...shared, ...tlsOptions(settings.tls) });
  return {
    send: (request) => send(request, request.url.startsWith('https:') ? secure : plain, settings.requestTimeoutMs),
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

function tlsOptions({ certificates, verify }: Settings['tls']): https.AgentOptions {
  if (!verify) return { rejectUnauthorized: false };
  return certificates === null ? {} : { ca: [...rootCertificates, readCertificates(certificates)] };
}

function readCertificates(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
    throw new Error('it holds no certificate in PEM form');
  } catch (error) {
    throw new PrefectSettingsError(`PREFECT_API_SSL_CERT_FILE (or SSL_CERT_FILE) names a file that cannot be used: ${file} (${(error as Error).message})`);
  }
}

/** How Node calls a certificate that it does not take. */
const untrusted: ReadonlySet<unknown> = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID']);

/** Whether a connection failed because of the server's certificate: trying again changes nothing. */
export function isUntrusted(cause: unknown): boolean {
  return untrusted.has((cause as NodeJS.ErrnoException | undefined)?.code);
}

async function send(request: HttpRequest, agent: http.Agent, timeoutMs: number): Promise<HttpAnswer> {
  try {
    const { status, headers, body } = await exchange(request, agent, timeoutMs);
    const text = headers['content-encoding'] === 'gzip' ? await unzip(body) : body;
    return { status, headers, text: text.toString('utf8') };
  } catch (error) {
    request.signal?.throwIfAborted();
    const cause = error as NodeJS.ErrnoException;
    const advice = isUntrusted(cause) ? ' (its certificate is not trusted: PREFECT_API_SSL_CERT_FILE names the file of one that is)' : '';
    throw new PrefectUnreachable(`no answer from ${request.method} ${request.url}: ${cause.code ?? cause.message}${advice}`, {
      cause,
    });
  }
}

function exchange(
  request: HttpRequest,
  agent: http.Agent,
  timeoutMs: number,
): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }> {
  const { body, url, method, signal } = request;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const headers = { ...request.headers, ...length };
  return new Promise((resolve, reject) => {
    const make = url.startsWith('https:') ? https.request : http.request;
    const sent = make(url, { method, headers, agent, ...(signal === undefined ? {} : { signal }) }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
      answer.once('close', () => reject(new Error('the answer was cut short')));
      answer.once('error', reject);
    });
    // The whole exchange has one limit: a server that answers a byte a minute would never be idle.
    const timer = setTimeout(() => sent.destroy(new Error(`nothing within ${timeoutMs / 1000} s`)), timeoutMs);
    sent.once('close', () => clearTimeout(timer));
    sent.once('error', reject);
    sent.end(body);
  });
}
