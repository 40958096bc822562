import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../self-signed.ts';

/** A server of a test: where it is, and how it ends. */
export interface LoopbackServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Accepts connections and never says a word. */
export async function silentServer(): Promise<LoopbackServer> {
  return await listen(createServer());
}

/** Answers every request with one status. */
export async function statusServer(status: number): Promise<LoopbackServer> {
  return await listen(http.createServer((_, response) => response.writeHead(status).end()));
}

/** Speaks TLS with a certificate that no machine trusts; `authority` is the file of who signed it. openssl makes it for each run. */
export async function unknownCertificateServer(): Promise<LoopbackServer & { readonly authority: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-certificate-'));
  const { key, certificate: authority } = selfSigned(folder);
  const options = { key: readFileSync(key, 'utf8'), cert: readFileSync(authority, 'utf8') };
  const server = await listen(https.createServer(options, (_, response) => response.end()));
  return { port: server.port, authority, close: async () => await Promise.all([server.close(), rm(folder, { recursive: true })]).then(() => undefined) };
}

/** A proxy that lets nobody through. */
export async function refusingProxy(status: 407 | 502): Promise<LoopbackServer> {
  const server = http.createServer((_, response) => response.writeHead(status).end());
  server.on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} no\r\n\r\n`));
  return await listen(server);
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await silentServer();
  await server.close();
  return server.port;
}

function listen(server: Server): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const close = (): Promise<void> =>
        new Promise((closed) => {
          for (const socket of sockets) socket.destroy();
          server.close(() => closed());
        });
      resolve({ port, close });
    });
  });
}
