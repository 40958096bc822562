import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One record as the API hands it out. */
export interface ApiRecord {
  readonly record_id: string;
  readonly occurred_at: string;
  readonly channel: string;
  readonly amount: number;
}

/** An HTTP API on this machine that speaks every auth and paginator, and has bad days. */
export interface ApiServer {
  readonly url: string;
  /** Every request that came, in order: its path, and when, in milliseconds. */
  readonly requests: { readonly path: string; readonly at: number }[];
  /** How many requests `strict` told to come later. */
  readonly refused: () => number;
  readonly stop: () => Promise<void>;
}

const pageSize = 100;
export const secrets = { token: 'placeholder-token', key: 'placeholder-key', user: 'reader', password: 'placeholder-password', id: 'an-id', secret: 'placeholder-secret' } as const;

/**
 * Starts it. The first part of a path says how it behaves (`plain`, `busy`, `limited`, `cut`, `slow`, `strict`, `grown`,
 * `html`, `gone`, `loop`, `deaf`, `elsewhere`, `list`, `echo`), the second how it lets in, the third how it hands out pages.
 */
export async function startApiServer(records: readonly ApiRecord[]): Promise<ApiServer> {
  const requests: ApiServer['requests'] = [];
  const seen = new Map<string, number>();
  const lately: number[] = [];
  let refused = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    requests.push({ path: url.pathname, at: Date.now() });
    const times = (seen.get(url.href) ?? 0) + 1;
    seen.set(url.href, times);
    if (url.pathname.startsWith('/strict') && !isInTime(lately)) {
      refused += 1;
      return send(response, 429, { error: 'slower' }, { 'retry-after': '1' });
    }
    answer(request, response, url, records, times);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, requests, refused: () => refused, stop };
}

/** What `strict` lets through in any second. */
export const strictLimit = 10;

function isInTime(lately: number[]): boolean {
  const now = performance.now();
  while ((lately[0] ?? now) <= now - 1000) lately.shift();
  return lately.length < strictLimit && lately.push(now) > 0;
}

function answer(request: IncomingMessage, response: ServerResponse, url: URL, records: readonly ApiRecord[], times: number): void {
  const [, mood = '', auth = '', pages = ''] = url.pathname.split('/');
  if (mood === 'token') return giveToken(request, response);
  if (!letsIn(auth, request)) return send(response, 401, { error: 'who are you?' });
  if (mood === 'busy' && times === 1) return send(response, 503, { error: 'later' });
  if (mood === 'limited' && times === 1) return send(response, 429, { error: 'slower' }, { 'retry-after': '1' });
  if (mood === 'cut' && times === 1) return cut(response);
  if (mood === 'slow' && times === 1) return void setTimeout(() => response.destroy(), 5000).unref();
  if (mood === 'echo') return send(response, 500, { error: `cannot serve ${request.headers.authorization ?? ''}` });
  if (mood === 'grown') return send(response, 200, { data: records.slice(0, 10).map((each, index) => ({ ...each, note: index, ...(index === 7 && { amount: 'n/a' }) })) });
  if (mood === 'gone') return send(response, 404, { error: 'no such thing' });
  if (mood === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>');
  if (mood === 'list') return send(response, 200, { rows: records.slice(0, 3) });
  if (mood === 'loop') return send(response, 200, { data: records.slice(0, 1), next: url.href });
  if (mood === 'deaf') return send(response, 200, { data: records.slice(0, 2) });
  if (mood === 'elsewhere') return send(response, 200, { data: records.slice(0, 1), next: 'http://other.example.com/next' });
  sendPage(response, url, pages, records);
}

function cut(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"data": [');
  setTimeout(() => response.destroy(), 20);
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function letsIn(auth: string, { headers }: IncomingMessage): boolean {
  const basic = `Basic ${Buffer.from(`${secrets.user}:${secrets.password}`).toString('base64')}`;
  const fits: Readonly<Record<string, boolean>> = {
    none: headers.authorization === undefined,
    bearer: headers.authorization === `Bearer ${secrets.token}`,
    api_key: headers['x-api-key'] === secrets.key,
    http_basic: headers.authorization === basic,
    oauth2_client_credentials: headers.authorization === 'Bearer given-token',
  };
  return fits[auth] ?? false;
}

function giveToken(request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.on('data', (part: Buffer) => (body += part.toString()));
  request.on('end', () => {
    const form = new URLSearchParams(body);
    const fits = form.get('grant_type') === 'client_credentials' && form.get('client_id') === secrets.id && form.get('client_secret') === secrets.secret;
    send(response, fits ? 200 : 401, fits ? { access_token: 'given-token', expires_in: 3600 } : { error: 'invalid_client' });
  });
}

function sendPage(response: ServerResponse, url: URL, pages: string, records: readonly ApiRecord[]): void {
  const number = (name: string, usual: number): number => Number(url.searchParams.get(name) ?? usual);
  const starts: Readonly<Record<string, number>> = {
    json_link: number('start', 0),
    header_link: number('start', 0),
    cursor: number('cursor', 0),
    header_cursor: number('cursor', 0),
    offset: number('offset', 0),
    page_number: (number('page', 1) - 1) * pageSize,
    single_page: 0,
  };
  const start = starts[pages] ?? 0;
  const end = pages === 'single_page' ? records.length : start + (pages === 'offset' ? number('limit', pageSize) : pageSize);
  const next = end < records.length ? end : undefined;
  const link = new URL(url);
  link.searchParams.set('start', String(next));
  send(
    response,
    200,
    {
      data: records.slice(start, end),
      // One absolute, one relative: both are links.
      ...(pages === 'json_link' && { next: next === undefined ? null : `${link.pathname}${link.search}` }),
      ...(pages === 'cursor' && { next_cursor: next ?? null }),
    },
    {
      ...(pages === 'header_link' && next !== undefined && { link: `<${url.origin}/first>; rel="first", <${link.href}>; rel="next"` }),
      ...(pages === 'header_cursor' && next !== undefined && { 'x-next-cursor': String(next) }),
    },
  );
}
