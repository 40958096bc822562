import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does with one request; nothing means that it passes it on. */
export type Fault = 'cut' | 'reset' | 'half' | 'late' | 'lose' | '429' | '429 bare' | '429 odd' | '500' | '502' | '503' | '401' | 'nonsense' | 'broken' | undefined;

/** What it says of when to come again, if that is not a second. */
const retryAfter: Readonly<Record<string, Record<string, string>>> = { '429 bare': {}, '429 odd': { 'retry-after': 'soon' } };

/** Stands between a client and a server, and does to each request what the script says. */
export interface Proxy {
  readonly url: string;
  fault: (method: string, path: string) => Fault;
  stop(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  const to = new URL(target);
  const server = createServer((incoming, answer) => {
    const fault = proxy.fault(incoming.method ?? '', incoming.url ?? '');
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
    else answer.writeHead(Number(fault.slice(0, 3)), retryAfter[fault] ?? { 'retry-after': '1' }).end('{"detail":"not now"}');
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
