import { Worker } from 'node:worker_threads';

/** A request that is made again and again. */
export interface Beat {
  readonly url: string;
  /** Where a token for changes is, when the server wants one. */
  readonly tokenUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `{{id}}` and `{{now}}` are filled in each time. */
  readonly body: string;
  readonly everyMs: number;
  /** What it keeps is gone so long after the last good answer: it is then asked for until it is answered, and at once. */
  readonly lastsMs?: number;
  readonly name: string;
  readonly verify: boolean;
  readonly certificates: string | null;
}

/** What becomes of a beat: the server said that it is over (404, 410), it did not get through for all its tries, or not for as long as it lasts. */
export type BeatNews = 'over' | 'missed' | 'expired';

/**
 * What runs in the thread: plain JavaScript as text, so that it works bundled, vendored and under a test runner alike.
 * A request that fails is tried twice more, a tenth of the time later.
 */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { randomUUID } = require('node:crypto');
const { readFileSync } = require('node:fs');
const client = randomUUID();
let token = {};
function send(each, method, url, body, then) {
  const secure = url.startsWith('https:');
  const tls = each.certificates === null ? {} : { ca: [...require('node:tls').rootCertificates, readFileSync(each.certificates, 'utf8')] };
  const headers = { ...each.headers, 'accept-encoding': 'identity', ...(method === 'POST' ? { ...token, 'content-length': Buffer.byteLength(body) } : {}) };
  const options = { method, timeout: 30000, headers, ...(secure ? { rejectUnauthorized: each.verify, ...tls } : {}) };
  const request = require(secure ? 'node:https' : 'node:http').request(url, options, (answer) => {
    let text = '';
    answer.on('data', (part) => (text += part));
    answer.on('end', () => then(answer.statusCode, text));
    answer.on('error', () => then(0, ''));
  });
  request.on('timeout', () => request.destroy());
  request.on('error', () => then(0, ''));
  request.end(method === 'POST' ? body : undefined);
}
function renewToken(each, then) {
  send(each, 'GET', each.tokenUrl + client, '', (status, text) => {
    try {
      if (status === 200) token = { 'prefect-csrf-token': JSON.parse(text).token, 'prefect-csrf-client': client };
    } catch {}
    then();
  });
}
for (const each of workerData) {
  const say = (news) => parentPort.postMessage({ name: each.name, news });
  let isOver = false;
  let end;
  const hold = (ms) => {
    clearTimeout(end);
    if (each.lastsMs) end = setTimeout(() => ((isOver = true), say('expired')), ms);
  };
  const beat = (tries, hasToken) => {
    if (isOver) return;
    let isAnswered = false;
    const from = performance.now();
    const body = each.body.replaceAll('{{id}}', randomUUID()).replaceAll('{{now}}', new Date().toISOString());
    send(each, 'POST', each.url, body, (status) => {
      if (isOver || isAnswered) return;
      isAnswered = true;
      if (status === 404 || status === 410) {
        isOver = each.lastsMs !== undefined;
        clearTimeout(end);
        say('over');
      } else if (status >= 200 && status < 300) hold(each.lastsMs - (performance.now() - from));
      else if (status === 403 && !hasToken) return renewToken(each, () => beat(tries, true));
      else {
        if (tries === 2) say('missed');
        if (tries < 2 || each.lastsMs) return setTimeout(beat, each.everyMs / 10, tries + 1);
      }
      setTimeout(beat, each.everyMs, 0);
    });
  };
  hold(each.lastsMs);
  setTimeout(beat, each.lastsMs ? 0 : each.everyMs, 0);
}
`;

/**
 * Repeats requests from a thread of their own, so that they go on while the run keeps its event loop busy.
 * @param onNews hears what becomes of a beat, by its name
 * @returns what ends it
 */
export function startThread(beats: readonly Beat[], onNews: (name: string, news: BeatNews) => unknown): () => void {
  if (beats.length === 0) return () => undefined;
  const worker = new Worker(program, { eval: true, workerData: beats, execArgv: [], stdin: false });
  worker.on('message', ({ name, news }: { name: string; news: BeatNews }) => onNews(name, news));
  worker.on('error', () => undefined);
  worker.unref();
  return () => void worker.terminate();
}
