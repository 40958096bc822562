import { cpus } from 'node:os';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { requirementsOf } from '../../edge/python-environment.ts';
import { sharedEnvironment } from '../../edge/python-environment-shared.ts';
import { runOrThrow } from './run-or-throw.ts';

const pages = 1000;
const perSecond = 50;
const rowsOnPage = 100;

/** What reading as fast as a server lets came to. */
export interface PagesFigure {
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Requests that it answered with 429. */
  readonly refused: number;
  readonly rows: number;
}

/** Reads 1,000 pages with a generated extractor from a server that lets 50 requests through in any second. */
export async function measureApiPages(folder: string): Promise<PagesFigure> {
  const repository = join(folder, 'pages');
  await runOrThrow(process.execPath, [resolve('dist/create-kpi-flow.mjs'), repository, '--id', 'stock', '--yes', '--no-install', '--no-git']);
  await runOrThrow(process.execPath, [resolve('dist/kpi-flow.mjs'), 'add', 'extractor', 'tickets', 'api', 'shop', '--paginator', 'cursor'], repository);
  const { python } = await sharedEnvironment((await requirementsOf(repository)).run, '.cache');
  const server = await startLimited();
  try {
    const code = `
import sys
from datetime import date
from pathlib import Path
path = Path("config/config.yaml")
path.write_text(path.read_text().replace("    kind: api\\n", "    kind: api\\n    rate_limit: ${perSecond}\\n"))
from core.extractors.tickets import tickets
print(tickets(date(2026, 1, 1), date(2026, 2, 1)).height)
`;
    const said = await runOrThrow(python, ['-c', code], repository, { SHOP_URL: server.url, PYTHONPATH: join(repository, 'src') });
    const { first, last, refused } = server.seen();
    return { seconds: (last - first) / 1000, refused, rows: Number(said.trim()) };
  } finally {
    await server.stop();
  }
}

/** Whether it kept within 5 % of the limit, and lost nothing to a 429. */
export function meetsPagesTarget({ seconds, rows }: PagesFigure): boolean {
  return seconds <= (pages / perSecond) * 1.05 && rows === pages * rowsOnPage;
}

export function drawPages(figure: PagesFigure): string {
  const { seconds, refused, rows } = figure;
  return [
    `1,000 pages of an API that lets ${perSecond} requests through in any second, read with \`rate_limit: ${perSecond}\`, ${process.platform}, ${cpus().length} cores.`,
    `| seconds | requests a second | over the limit's ${pages / perSecond} s | answered 429 | rows | limit |  |\n| --- | --- | --- | --- | --- | --- | --- |\n| ${seconds.toFixed(2)} | ${(pages / seconds).toFixed(1)} | ${(seconds / (pages / perSecond)).toFixed(3)}x | ${refused} | ${rows} | <= 1.05x, every row | ${meetsPagesTarget(figure) ? 'met' : '**missed**'} |`,
  ].join('\n\n');
}

async function startLimited() {
  const times: number[] = [];
  let [first, last, refused] = [0, 0, 0];
  const server = createServer((request, response) => {
    const now = performance.now();
    first ||= now;
    while ((times[0] ?? now) <= now - 1000) times.shift();
    if (times.length >= perSecond) {
      refused += 1;
      return void response.writeHead(429, { 'retry-after': '1' }).end();
    }
    times.push(now);
    const page = Number(new URL(request.url ?? '/', 'http://host').searchParams.get('cursor') ?? 0);
    const data = Array.from({ length: rowsOnPage }, (_, index) => ({ record_id: `${page}-${index}`, occurred_at: '2026-01-05T08:00:00', amount: index }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data, next_cursor: page + 1 < pages ? page + 1 : null }), () => (last = performance.now()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: () => ({ first, last, refused }),
    stop: () => new Promise((done) => server.close(done)),
  };
}
