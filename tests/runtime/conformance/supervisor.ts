import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

const greeting = Buffer.from([0x00, 0x50, 0x46, 0x02, 0x01]);
const token = 'abc123';

/** What a worker keeps beside a run: the other end of its control channel, as Prefect's runner behaves. */
export interface Supervised {
  readonly child: ChildProcess;
  readonly printed: () => string;
  /** All that came over the channel after the token. */
  readonly heard: () => Buffer;
  readonly firstLine: () => string;
  say(bytes: string | Buffer): void;
  readonly exit: Promise<number | null>;
}

/** @param version what the supervisor speaks: one of the first version never answers a greeting */
export async function supervise(file: string, flow: string, version: 1 | 2): Promise<Supervised> {
  const line = { socket: undefined as Socket | undefined, bytes: Buffer.alloc(0) };
  const server = createServer((socket) => {
    line.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => hear(line, data, version));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const env = { ...process.env, PREFECT__CONTROL_PORT: String(port), PREFECT__CONTROL_TOKEN: token };
  const child = spawn(process.execPath, [file, flow], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (printed += data.toString('utf8')));
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  void exit.then(() => server.close());
  return {
    child,
    printed: () => printed,
    heard: () => line.bytes.subarray(line.bytes.indexOf('\n') + 1),
    firstLine: () => line.bytes.subarray(0, line.bytes.indexOf('\n')).toString('utf8'),
    say: (bytes) => void line.socket?.write(bytes),
    exit,
  };
}

export { greeting, token };

function hear(line: { socket: Socket | undefined; bytes: Buffer }, data: Buffer, version: 1 | 2): void {
  const before = afterGreeting(line.bytes);
  line.bytes = Buffer.concat([line.bytes, data]);
  const now = afterGreeting(line.bytes);
  if (version === 1 || now === undefined) return;
  if (before === undefined) line.socket?.write(greeting);
  if (receiptIn(now) !== undefined && (before === undefined || receiptIn(before) === undefined)) line.socket?.write(Buffer.from([0x02]));
}

function afterGreeting(bytes: Buffer): Buffer | undefined {
  const start = bytes.indexOf('\n') + 1;
  return start > 0 && bytes.length >= start + greeting.length ? bytes.subarray(start + greeting.length) : undefined;
}

/** The receipt among what came after the greeting. */
export function receiptIn(bytes: Buffer): object | undefined {
  const start = bytes.indexOf(0x01);
  if (start === -1 || bytes.length < start + 5) return undefined;
  const length = bytes.readUInt32BE(start + 1);
  return bytes.length < start + 5 + length ? undefined : (JSON.parse(bytes.subarray(start + 5, start + 5 + length).toString('utf8')) as object);
}
