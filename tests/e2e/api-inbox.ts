import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP API on this machine that takes batches, each once by its key, and has bad days. */
export interface ApiInbox {
  readonly url: string;
  /** The text of every batch that counts, in the order in which they came. */
  readonly batches: () => readonly string[];
  /** How many requests came. */
  readonly requests: () => number;
  readonly stop: () => Promise<void>;
}

export const inboxToken = 'placeholder-token';

/** Starts it. The first part of a path says how it behaves: `plain`, `busy`, `limited`, `lost`, `full`, `strict`. */
export async function startApiInbox(): Promise<ApiInbox> {
  const batches = new Map<string, string>();
  const seen = new Set<string>();
  let requests = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      requests += 1;
      const key = String(request.headers['idempotency-key']);
      const isFirst = !seen.has(key);
      seen.add(key);
      answer(request, response, isFirst, batches, () => batches.has(key) || batches.set(key, body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, batches: () => [...batches.values()], requests: () => requests, stop };
}

function answer({ url = '/', headers }: IncomingMessage, response: ServerResponse, isFirst: boolean, batches: ReadonlyMap<string, string>, keep: () => void): void {
  const mood = url.split('/')[1];
  const end = (status: number, more: Record<string, string> = {}): void => void response.writeHead(status, more).end(status < 300 ? '' : '{"error":"no"}');
  if (mood === 'busy' && isFirst) return end(503);
  if (mood === 'limited' && isFirst) return end(429, { 'retry-after': '1' });
  if (mood === 'strict' && headers.authorization !== `Bearer ${inboxToken}`) return end(401);
  if (mood === 'full' && batches.size >= 2) return end(422);
  keep();
  // It was kept, and nobody hears of it.
  if (mood === 'lost' && isFirst) return void response.destroy();
  end(201);
}
