import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MemoryApi } from '../../../src/runtime/testing/index.ts';
import type { Answer } from './flow-routes.ts';
import { flowRoutes } from './flow-routes.ts';

/** The part of a Prefect server that a run and its report need, in this process: it can be had by the hundred. */
export interface FakeServer {
  readonly url: string;
  /** Its flow runs. */
  readonly memory: MemoryApi;
  /** The newest state of each task run that it was told of, by id; of long ago none. */
  readonly taskStates: () => ReadonlyMap<string, string>;
  /** How many task runs it has whose newest state is Completed. */
  readonly completed: () => number;
  /** Log lines that it was given. */
  readonly logs: () => number;
  /** As `kill -9` does: what waited in its memory is lost, and the rows stay. */
  kill(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface SentEvent {
  readonly id: string;
  readonly occurred: string;
  readonly resource: Readonly<Record<string, string>>;
}

interface Row {
  readonly type: string;
  readonly timestamp: string;
}

/** As many events as Prefect's server remembers to have seen. */
const remembered = 1000;
/** Rows of long ago are nobody's question any more: what runs for minutes must not fill this process. */
const kept = 10_000;

/** @param recordMs a row comes so many milliseconds after its event was taken */
export async function startFakeServer(recordMs: number): Promise<FakeServer> {
  const rows = new Map<string, Row>();
  const seen = new Set<string>();
  let [lines, completed, life] = [0, 0, 0];
  const take = (events: readonly SentEvent[]): void => {
    const fresh = events.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    forget(seen, remembered);
    const born = life;
    setTimeout(() => {
      if (life !== born) return;
      for (const each of fresh) if (record(rows, each) === 'COMPLETED') completed += 1;
      forget(rows, kept);
    }, recordMs);
  };
  const { memory, routes: ofFlows } = flowRoutes();
  const routes: ReturnType<typeof flowRoutes>['routes'] = [
    ['GET', /\/admin\/version$/, () => ({ body: '3.9.1' })],
    ['GET', /\/csrf-token/, () => ({ body: { token: randomUUID(), expiration: new Date(Date.now() + 3_600_000).toISOString() } })],
    ['POST', /\/events$/, (_, body: readonly SentEvent[]) => (take(body), { status: 204 })],
    ['POST', /\/logs\/$/, (_, body: readonly unknown[]) => ((lines += body.length), { status: 201 })],
    ['POST', /\/task_runs\/filter$/, (_, body: Asked) => ({ body: found(rows, body).map(([id, { timestamp }]) => ({ id, state: { timestamp } })) })],
    ['POST', /\/task_runs\/count$/, (_, body: Asked) => ({ body: found(rows, body).length })],
    ...ofFlows,
  ];
  const answerTo = async ({ method, url = '' }: IncomingMessage, body: unknown): Promise<Answer> => {
    for (const [verb, path, answer] of routes) {
      const match = verb === method ? path.exec(url) : null;
      if (match !== null) return await answer(match[1] ?? '', body as never);
    }
    return { status: 404, body: { detail: 'Not Found' } };
  };
  const server = createServer((incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const { status = 200, body } = await answerTo(incoming, await readJson(incoming));
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body));
    };
    answer().catch(() => outgoing.destroy());
  });
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api`,
    memory,
    taskStates: () => new Map([...rows].map(([id, { type }]) => [id, type])),
    completed: () => completed,
    logs: () => lines,
    async kill() {
      life += 1;
      seen.clear();
      await stop();
    },
    start: () => listen(port),
    stop,
  };
}

/** As the recorder does: an event that is older than the row changes nothing. The state that the run came into. */
function record(rows: Map<string, Row>, { occurred, resource }: SentEvent): string | undefined {
  const id = resource['prefect.resource.id']?.replace('prefect.task-run.', '') ?? '';
  if ((rows.get(id)?.timestamp ?? '') >= occurred) return undefined;
  const type = resource['prefect.state-type'] ?? '';
  rows.set(id, { type, timestamp: occurred });
  return type;
}

/** The oldest go. */
function forget(some: Set<string> | Map<string, Row>, most: number): void {
  for (const each of some.keys()) {
    if (some.size <= most) return;
    some.delete(each);
  }
}

interface Asked {
  readonly task_runs: { readonly id: { readonly any_: readonly string[] } };
}

function found(rows: ReadonlyMap<string, Row>, { task_runs: { id } }: Asked): [string, Row][] {
  const wanted = new Set(id.any_);
  return [...rows].filter(([each]) => wanted.has(each));
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString('utf8'));
}
