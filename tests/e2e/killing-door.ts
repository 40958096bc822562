import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands before a store and kills who writes at a certain request: an odd one before it has arrived, an even one before the answer. */
export async function startKillingDoor(target: URL, at: number) {
  let kill = (): unknown => undefined;
  let writes = 0;
  const server = createServer((incoming, outgoing) => {
    const isWrite = incoming.method === 'PUT' || incoming.method === 'POST';
    if (isWrite) writes += 1;
    const isLast = isWrite && writes === at;
    if (isLast && at % 2 === 1) {
      kill();
      return;
    }
    const passed = request({ port: target.port, host: target.hostname, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
      if (isLast) kill();
      else answer.pipe(outgoing.writeHead(answer.statusCode ?? 500, answer.headers));
    });
    passed.on('error', () => outgoing.destroy());
    incoming.on('error', () => passed.destroy()).pipe(passed);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = () => new Promise<void>((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}${target.pathname.replace(/\/$/, '')}`, stop, kills: (how: () => unknown) => (kill = how) };
}
