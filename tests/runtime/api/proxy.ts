import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does with one request; nothing means that it passes it on. */
export const faults = ['cut', 'reset', 'half', 'late', 'lose', '429', '429 bare', '429 odd', '429 ahead', '429 behind', '500', '502', '503', '503 maintenance', '403 csrf', '401', 'nonsense', 'broken'] as const;
export type Fault = (typeof faults)[number] | undefined;

/** A second from now, as a server says it whose clock is so many hours from ours. */
const inASecond = (hours: number): Record<string, string> => {
  const now = Date.now() + hours * 3_600_000;
  return { date: new Date(now).toUTCString(), 'retry-after': new Date(now + 1000).toUTCString() };
};

/** What it says of when to come again, if that is not a second. */
const headersOf: Readonly<Record<string, () => Record<string, string>>> = {
  '429 bare': () => ({}),
  '429 odd': () => ({ 'retry-after': 'soon' }),
  '429 ahead': () => inASecond(1),
  '429 behind': () => inASecond(-1),
  '503 maintenance': () => ({ 'retry-after': '1', 'prefect-maintenance': 'true' }),
};

/** Stands between a client and a server, and does to each request what the script says. */
export interface Proxy {
  readonly url: string;
  fault: (method: string, path: string, csrfToken?: string) => Fault;
  stop(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  const to = new URL(target);
  const server = createServer((incoming, answer) => {
    const fault = proxy.fault(incoming.method ?? '', incoming.url ?? '', incoming.headers['prefect-csrf-token'] as string | undefined);
    const delay = fault === 'late' ? 300 : 0;
    setTimeout(() => apply(fault, incoming, answer, to), delay);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    fault: (): Fault => undefined,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  } as Proxy;
  return proxy;
}

function apply(fault: Fault, incoming: IncomingMessage, answer: ServerResponse, to: URL): void {
  if (fault === 'cut') return void incoming.socket.destroy();
  if (fault === 'reset') return void incoming.socket.resetAndDestroy();
  if (fault === undefined || fault === 'late' || fault === 'half') return forward(incoming, answer, to, fault === 'half');
  incoming.resume();
  incoming.once('end', () => {
    if (fault === 'lose') answer.writeHead(204).end();
    else if (fault === 'nonsense') answer.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    else if (fault === 'broken') answer.writeHead(200, { 'content-type': 'application/json' }).end('{"a":');
    else answer.writeHead(Number(fault.slice(0, 3)), headersOf[fault]?.() ?? { 'retry-after': '1' }).end(fault === '403 csrf' ? '{"detail":"Invalid CSRF token or client identifier."}' : '{"detail":"not now"}');
  });
}

function forward(incoming: IncomingMessage, answer: ServerResponse, to: URL, half: boolean): void {
  const { method, url, headers } = incoming;
  const sent = request({ host: to.hostname, port: to.port, method, path: url, headers }, (got) => {
    answer.writeHead(got.statusCode ?? 500, got.headers);
    if (!half) return void got.pipe(answer);
    answer.write('{');
    setTimeout(() => answer.destroy(), 20);
  });
  sent.once('error', () => answer.destroy());
  incoming.pipe(sent);
}
