import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { rootCertificates } from 'node:tls';
import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { PrefectUnreachable } from './api-errors.ts';
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
  return certificates === null ? {} : { ca: [...rootCertificates, readFileSync(certificates, 'utf8')] };
}

async function send(request: HttpRequest, agent: http.Agent, timeoutMs: number): Promise<HttpAnswer> {
  try {
    const { status, headers, body } = await exchange(request, agent, timeoutMs);
    const text = headers['content-encoding'] === 'gzip' ? await unzip(body) : body;
    return { status, headers, text: text.toString('utf8') };
  } catch (error) {
    request.signal?.throwIfAborted();
    const cause = error as NodeJS.ErrnoException;
    throw new PrefectUnreachable(`no answer from ${request.method} ${request.url}: ${cause.code ?? cause.message}`, {
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
