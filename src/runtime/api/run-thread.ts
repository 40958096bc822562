import { Worker } from 'node:worker_threads';

/** A request that is made again and again. */
export interface Beat {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `{{id}}` and `{{now}}` are filled in each time. */
  readonly body: string;
  readonly everyMs: number;
  /** Said when the server answers that it is over (404, 410). */
  readonly name: string;
  readonly verify: boolean;
  readonly certificates: string | null;
}

/**
 * What runs in the thread: plain JavaScript as text, so that it works bundled, vendored and under a test runner alike.
 * A request that fails is tried twice more, a tenth of the time later.
 */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { randomUUID } = require('node:crypto');
const { readFileSync } = require('node:fs');
function beat(each, tries) {
  const secure = each.url.startsWith('https:');
  const body = each.body.replaceAll('{{id}}', randomUUID()).replaceAll('{{now}}', new Date().toISOString());
  const tls = each.certificates === null ? {} : { ca: [...require('node:tls').rootCertificates, readFileSync(each.certificates, 'utf8')] };
  const options = { method: 'POST', timeout: 30000, headers: { ...each.headers, 'content-length': Buffer.byteLength(body) }, ...(secure ? { rejectUnauthorized: each.verify, ...tls } : {}) };
  const again = () => (tries < 2 ? setTimeout(() => beat(each, tries + 1), each.everyMs / 10).unref() : parentPort.postMessage({ name: each.name, isOver: false }));
  const request = require(secure ? 'node:https' : 'node:http').request(each.url, options, (answer) => {
    answer.resume();
    if (answer.statusCode === 404 || answer.statusCode === 410) parentPort.postMessage({ name: each.name, isOver: true });
    else if (answer.statusCode >= 300) again();
  });
  request.on('timeout', () => request.destroy());
  request.on('error', again);
  request.end(body);
}
for (const each of workerData) setInterval(() => beat(each, 0), each.everyMs);
`;

/**
 * Repeats requests from a thread of their own, so that they go on while the run keeps its event loop busy.
 * @param onOver hears the name of a beat that the server no longer wants
 * @param onMissed hears the name of one that did not get through, for all its tries
 * @returns what ends it
 */
export function startThread(beats: readonly Beat[], onOver: (name: string) => void, onMissed: (name: string) => void = () => undefined): () => void {
  if (beats.length === 0) return () => undefined;
  const worker = new Worker(program, { eval: true, workerData: beats, execArgv: [], stdin: false });
  worker.on('message', ({ name, isOver }: { name: string; isOver: boolean }) => (isOver ? onOver(name) : onMissed(name)));
  worker.on('error', () => undefined);
  worker.unref();
  return () => void worker.terminate();
}
