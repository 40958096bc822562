import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The part of a Prefect server that a report needs, in this process: it can be had by the hundred. */
export interface FakeServer {
  readonly url: string;
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
  readonly name: string;
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
      for (const each of fresh) if (record(rows, each) === 'Completed') completed += 1;
      forget(rows, kept);
    }, recordMs);
  };
  const answers: readonly [RegExp, (body: never) => unknown][] = [
    [/\/admin\/version$/, () => '3.9.1'],
    [/\/csrf-token/, () => ({ token: randomUUID(), expiration: new Date(Date.now() + 3_600_000).toISOString() })],
    [/\/flows\/$/, () => ({ id: randomUUID() })],
    [/\/flow_runs\/$/, () => ({ id: randomUUID(), name: 'fake', flow_id: randomUUID(), tags: [], state: null })],
    [/\/set_state$/, () => ({ status: 'ACCEPT', state: { type: 'RUNNING', name: 'Running', state_details: {} }, details: {} })],
    [/\/events$/, (body) => take(body)],
    [/\/logs\/$/, (body: readonly unknown[]) => void (lines += body.length)],
    [/\/task_runs\/filter$/, (body) => found(rows, body).map(([id, { timestamp }]) => ({ id, state: { timestamp } }))],
    [/\/task_runs\/count$/, (body) => found(rows, body).length],
  ];
  const server = createServer((incoming, outgoing) => {
    const answerTo = async (): Promise<void> => {
      const body = await readJson(incoming);
      const answer = answers.find(([path]) => path.test(incoming.url ?? ''))?.[1](body as never);
      if (answer === undefined) outgoing.writeHead(204).end();
      else outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    };
    answerTo().catch(() => outgoing.destroy());
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
  const name = resource['prefect.state-name'] ?? '';
  rows.set(id, { name, timestamp: occurred });
  return name;
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
