import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { sharedFolder } from '../edge/shared-folder.ts';
import { freePort, runServer } from './database-servers.ts';

/** A store of objects of the tests' own, on a free loopback port, with nothing in it but an empty bucket. */
export interface LakeServer {
  /** The address of the bucket. */
  readonly uri: string;
  /** What opens it, in the words of config.yaml. */
  readonly keys: Readonly<Record<string, string>>;
  /** Variables that its own client reads besides. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** S3, as moto speaks it: in the environment of that Python. */
export async function startS3(python: string): Promise<LakeServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'kpi-s3-'));
  const stop = await runServer(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], folder, {}, port);
  const endpoint = `http://127.0.0.1:${port}`;
  await expectOk(await fetch(`${endpoint}/lake`, { method: 'PUT' }));
  return { uri: 's3://lake', keys: { aws_region: 'us-east-1', aws_endpoint_url: endpoint, aws_access_key_id: 'kpi', aws_secret_access_key: 'a-secret-of-s3' }, stop };
}

/** The last version that runs on every Node of ours. */
const azurite = 'azurite@3.35.0';
/** The account that every emulator of Azure has. */
const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Azure Blob Storage, as Azurite speaks it; nothing when that cannot be installed. */
export async function startAzure(cache: string): Promise<LakeServer | undefined> {
  const program = await installAzurite(cache).catch(() => undefined);
  if (program === undefined) return undefined;
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'kpi-azure-'));
  const flags = ['--inMemoryPersistence', '--skipApiVersionCheck', '--silent', '--disableTelemetry', '--blobHost', '127.0.0.1', '--blobPort', String(port)];
  const stop = await runServer(process.execPath, [program, ...flags], folder, {}, port);
  await createContainer(port);
  const door = await startDoor(port);
  return {
    uri: 'az://lake',
    keys: { azure_storage_account_name: account, azure_storage_account_key: accountKey, azure_storage_endpoint: `http://127.0.0.1:${door.port}/${account}` },
    stop: async () => {
      await door.stop();
      await stop();
    },
  };
}

/** What speaks Google's protocol, in an environment of its own. */
export const gcsEmulator = 'gcp-storage-emulator==2026.7.19';

/** Google Cloud Storage, as an emulator speaks it: in the environment of that Python. Its client lets everybody in there. */
export async function startGcs(python: string): Promise<LakeServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'kpi-gcs-'));
  const stop = await runServer(python, ['-m', 'gcp_storage_emulator', 'start', '--host', '127.0.0.1', '--port', String(port), '--in-memory', '--quiet', '--default-bucket', 'lake'], folder, {}, port);
  return { uri: 'gs://lake', keys: {}, env: { STORAGE_EMULATOR_HOST: `http://127.0.0.1:${port}` }, stop };
}

/** Installed once for everybody who asks. */
async function installAzurite(cache: string): Promise<string> {
  const program = join('node_modules', 'azurite', 'dist', 'src', 'blob', 'main.js');
  await mkdir(resolve(cache), { recursive: true });
  const { folder } = await sharedFolder(resolve(cache, azurite.replace('@', '-')), {
    isWhole: (made) => existsSync(join(made, program)),
    make: async (made) => {
      await mkdir(made);
      await writeFile(join(made, 'package.json'), '{ "private": true }\n');
      await execa('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', azurite], { cwd: made });
    },
  });
  return join(folder, program);
}

async function createContainer(port: number): Promise<void> {
  const [date, version] = [new Date().toUTCString(), '2021-08-06'];
  const signed = `PUT${'\n'.repeat(12)}x-ms-date:${date}\nx-ms-version:${version}\n/${account}/${account}/lake\nrestype:container`;
  const signature = createHmac('sha256', Buffer.from(accountKey, 'base64')).update(signed).digest('base64');
  const headers = { 'x-ms-date': date, 'x-ms-version': version, Authorization: `SharedKey ${account}:${signature}` };
  await expectOk(await fetch(`http://127.0.0.1:${port}/${account}/lake?restype=container`, { method: 'PUT', headers }));
}

async function expectOk(response: Response): Promise<void> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

/** Azurite lists everything where Azure begins with a name (`startFrom`), which is how a Delta table finds its last commits. */
async function startDoor(port: number): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    const from = new URL(incoming.url ?? '', 'http://127.0.0.1').searchParams.get('startFrom');
    const passed = request({ port, host: '127.0.0.1', method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
      if (from === null) answer.pipe(outgoing.writeHead(answer.statusCode ?? 500, answer.headers));
      else void sendListFrom(from, answer, outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const stop = () => new Promise<void>((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });
  return { port: typeof address === 'object' && address !== null ? address.port : 0, stop };
}

async function sendListFrom(from: string, answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = answer.headers;
  const list = Buffer.concat(parts).toString().replaceAll(/<Blob><Name>(.*?)<\/Name>.*?<\/Blob>/gs, (blob, name: string) => (name < from ? '' : blob));
  outgoing.writeHead(answer.statusCode ?? 500, headers).end(list);
}
