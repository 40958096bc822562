import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Delivery, Version } from './odata-wire.ts';
import { answerError, jsonOf, metadataOf, setName, write } from './odata-wire.ts';
import { Refused, readFilter } from './odata-filter.ts';

/** An OData service on this machine, V2 and V4, that behaves as SAP's do, on bad days too. */
export interface ODataServer {
  readonly url: string;
  /** Every request that came, in order. */
  readonly requests: { readonly method: string; readonly path: string; readonly query: string }[];
  /** What was written to it. */
  readonly posted: readonly unknown[];
  /** What a delta link tells of from now on: an entity that is new or changed, or the key of one that is gone. */
  readonly change: (change: Delivery | string) => void;
  readonly stop: () => Promise<void>;
}

export const sapUser = { name: 'reader', password: 'placeholder-password', client: '100' } as const;

interface State {
  readonly records: readonly Delivery[];
  readonly changes: (Delivery | string)[];
  readonly seen: Map<string, number>;
  readonly posted: unknown[];
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly mood: string;
  readonly version: Version;
  readonly path: string;
  /** How often this very address was asked for. */
  readonly times: number;
  readonly state: State;
}

/**
 * Starts it. The first part of a path says how it behaves, up to a hyphen (`plain`, `relative`, `elsewhere`, `locked`, `client`, `busy`, `login`,
 * `forbidden`, `short`, `expired`, `untracked`), the second which version it speaks.
 */
export async function startODataServer(records: readonly Delivery[]): Promise<ODataServer> {
  const requests: ODataServer['requests'] = [];
  const state: State = { records, changes: [], seen: new Map(), posted: [] };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    requests.push({ method: request.method ?? '', path: url.pathname, query: url.search });
    const times = (state.seen.get(url.href) ?? 0) + 1;
    state.seen.set(url.href, times);
    const [, place = '', version = '', ...rest] = url.pathname.split('/');
    const [mood = ''] = place.split('-');
    answer({ request, response, url, mood, version: version === 'v2' ? 2 : 4, path: rest.join('/'), times, state });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, requests, posted: state.posted, change: (change) => state.changes.push(change), stop };
}

function answer(asked: Asked): void {
  const { response, mood, path, version, times } = asked;
  const refused = letIn(asked);
  if (refused) return answerError(response, version, refused);
  if (mood === 'login') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>SAP Logon</html>');
  if (mood === 'busy' && times === 1) return answerError(response, version, new Refused(503, 'ICM_HTTP_SERVICE_UNAVAILABLE', 'Service not available', 'xml'));
  if (mood === 'forbidden') return answerError(response, version, new Refused(403, '/IWFND/CM_MGW/096', 'No authorization to access service', 'xml'));
  if (path === '') return giveToken(asked);
  if (path === '$metadata') return void response.writeHead(200, { 'content-type': 'application/xml' }).end(metadataOf(version));
  try {
    if (path !== setName) throw new Refused(404, '/IWBEP/CM_MGW_RT/021', `Resource not found for segment '${path}'`);
    if (asked.request.method === 'POST') post(asked);
    else sendPage(asked);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    answerError(response, version, error);
  }
}

/** `locked` wants a user, `client` wants one and the client of the system; both as SAP takes them. */
function letIn({ request: { headers }, mood }: Asked): Refused | undefined {
  if (mood !== 'locked' && mood !== 'client') return undefined;
  const basic = `Basic ${Buffer.from(`${sapUser.name}:${sapUser.password}`).toString('base64')}`;
  const isKnown = headers.authorization === basic && (mood === 'locked' || headers['sap-client'] === sapUser.client);
  return isKnown ? undefined : new Refused(401, 'LOGON', `Logon failed for ${headers.authorization}`, 'html');
}

const token = 'a-csrf-token';
const session = 'SAP_SESSIONID=1';

function giveToken({ request, response }: Asked): void {
  const isAsked = String(request.headers['x-csrf-token']).toLowerCase() === 'fetch';
  response.writeHead(200, { 'content-type': 'application/json', ...(isAsked && { 'x-csrf-token': token, 'set-cookie': `${session}; path=/` }) }).end('{"d":{"EntitySets":["Deliveries"]}}');
}

function post({ request, response, state }: Asked): void {
  const isTrusted = request.headers['x-csrf-token'] === token && (request.headers.cookie ?? '').includes(session);
  if (!isTrusted) {
    response.setHeader('x-csrf-token', 'Required');
    throw new Refused(403, '/IWFND/CM_MGW', 'CSRF token validation failed');
  }
  let body = '';
  request.on('data', (part: Buffer) => (body += part.toString()));
  request.on('end', () => {
    state.posted.push(JSON.parse(body));
    response.writeHead(201, { 'content-type': 'application/json' }).end(body);
  });
}

const usualPage = 100;

function sendPage({ request, response, url, mood, version, state }: Asked): void {
  // OData's grammar has no plus for a blank, so this server is a strict one.
  if (url.search.includes('+')) throw new Refused(400, '/IWFND/CM_MGW_RT/176', 'Invalid token detected');
  const options = url.searchParams;
  if (options.has('!deltatoken') || options.has('$deltatoken')) return sendChanges(response, url, mood, version, state);
  const found = state.records.filter(readFilter(options.get('$filter'), version));
  const number = (name: string, usual: number): number => Number(options.get(name) ?? usual);
  const first = number('$skip', 0);
  const chosen = found.slice(first, first + number('$top', found.length));
  const wished = /maxpagesize=(\d+)/.exec(String(request.headers['prefer'] ?? ''))?.[1];
  // `short` hands out a bit less than what was asked for, as a service with a limit of its own does.
  const size = mood === 'short' ? 7 : Number(wished ?? usualPage);
  const start = number('$skiptoken', 0);
  const end = start + size;
  const rows = chosen.slice(start, end).map((each) => write(each, version, options.get('$select'), request.headers['sap-language']));
  const next = end < chosen.length ? linkTo(url, mood, { $skiptoken: String(end) }) : undefined;
  const isTracked = mood !== 'untracked' && String(request.headers['prefer'] ?? '').includes('track-changes');
  const delta = next === undefined && isTracked ? linkTo(url, mood, { [version === 2 ? '!deltatoken' : '$deltatoken']: String(state.changes.length) }) : undefined;
  response.writeHead(200, { 'content-type': 'application/json' }).end(pageText(version, rows, next, delta));
}

function sendChanges(response: ServerResponse, url: URL, mood: string, version: Version, { changes }: State): void {
  const name = version === 2 ? '!deltatoken' : '$deltatoken';
  const from = Number(url.searchParams.get(name));
  if (mood === 'expired') throw new Refused(410, '/IWBEP/CM_V4_RUN/026', 'The delta token has expired');
  const select = url.searchParams.get('$select');
  const rows = changes.slice(from).map((each) => {
    if (typeof each !== 'string') return { ...write(each, version, select), ...(version === 2 && { ODQ_CHANGEMODE: 'U' }) };
    // V4.01 says it within the entity, V4.0 by its address.
    const gone = mood === 'relative' ? { '@odata.context': '$metadata#Deliveries/$deletedEntity', id: `${setName}('${each}')`, reason: 'deleted' } : { '@removed': { reason: 'deleted' }, RecordId: each };
    return version === 2 ? { RecordId: each, ODQ_CHANGEMODE: 'D' } : gone;
  });
  response.writeHead(200, { 'content-type': 'application/json' }).end(pageText(version, rows, undefined, linkTo(url, mood, { [name]: String(changes.length) })));
}

function pageText(version: Version, rows: readonly object[], next: string | undefined, delta: string | undefined): string {
  if (version === 2) return jsonOf({ d: { results: rows, ...(next && { __next: next }), ...(delta && { __delta: delta }) } });
  return jsonOf({ '@odata.context': '$metadata#Deliveries', value: rows, ...(next && { '@odata.nextLink': next }), ...(delta && { '@odata.deltaLink': delta }) });
}

/** Absolute, unless the service writes relative ones, as CAP does. */
function linkTo(url: URL, mood: string, changed: Readonly<Record<string, string>>): string {
  const link = new URL(url);
  for (const [name, value] of Object.entries(changed)) link.searchParams.set(name, value);
  const query = link.search.replaceAll('+', '%20');
  if (mood === 'elsewhere') return `http://other.example.com${link.pathname}${query}`;
  return mood === 'relative' ? `${setName}${query}` : `${link.origin}${link.pathname}${query}`;
}
