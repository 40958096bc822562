import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';

/** The columns of a result with the type that they travel in. */
type Wire = 'nvarchar' | 'datetime2' | 'datetimeoffset' | 'money' | 'bit' | 'int';

/** What a server says to a statement: rows, or that something is wrong. */
export interface Answer {
  readonly columns?: Readonly<Record<string, Wire>>;
  readonly rows?: readonly (readonly unknown[])[];
  readonly errors?: readonly (readonly [number: number, message: string])[];
}

/** A listener that speaks as much of TDS 7.4 as a client needs to be let in and heard: no SQL is understood here. */
export interface TdsServer {
  readonly port: number;
  /** Every statement and the values that came with it, as text of the wire; rows of a bulk load in hex. */
  readonly heard: string[];
  readonly stop: () => Promise<void>;
}

const [PRELOGIN, LOGIN, BATCH, RPC, BULK] = [0x12, 0x10, 0x01, 0x03, 0x07];

const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const short = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const byteText = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), ucs2(text)]);
const done = (status = 0): Buffer => Buffer.concat([Buffer.from([0xfd]), short(status), Buffer.alloc(10)]);

/** Starts one; `answer` gives what it says to each statement. */
export async function startTds(answer: (statement: string) => Answer, login: Answer = {}): Promise<TdsServer> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    let [waiting, message] = [Buffer.alloc(0), Buffer.alloc(0)];
    socket.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 8 && waiting.length >= waiting.readUInt16BE(2)) {
        const packet = waiting.subarray(0, waiting.readUInt16BE(2));
        waiting = waiting.subarray(packet.length);
        message = Buffer.concat([message, packet.subarray(8)]);
        if ((packet[1] ?? 0) % 2 === 0) continue;
        for (const part of packets(reply(packet[0] ?? 0, message))) socket.write(part);
        message = Buffer.alloc(0);
      }
    });
  });

  function reply(type: number, message: Buffer): Buffer {
    // It cannot encrypt, and says so.
    if (type === PRELOGIN) return Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2]);
    if (type === LOGIN) return Buffer.concat([...(login.errors ?? []).map(errorOf), ...(login.errors === undefined ? [letIn()] : []), done(login.errors === undefined ? 0 : 2)]);
    if (type === BULK) {
      heard.push(message.toString('hex'));
      return done();
    }
    const statement = type === BATCH || type === RPC ? message.subarray(message.readUInt32LE(0)).toString('utf16le') : '';
    // What a client sets as soon as it is in.
    if (statement.startsWith('set ')) return done();
    heard.push(statement);
    const { columns, rows = [], errors = [] } = answer(statement);
    const result = columns === undefined ? [] : [metadataOf(columns), ...rows.map((row) => rowOf(row, Object.values(columns)))];
    return Buffer.concat([...result, ...errors.map(errorOf), done(errors.length > 0 ? 2 : 0)]);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function* packets(payload: Buffer): Iterable<Buffer> {
  for (let at = 0, id = 1; at < payload.length; at += 4000, id += 1) {
    const part = payload.subarray(at, at + 4000);
    const head = Buffer.from([4, at + 4000 >= payload.length ? 1 : 0, 0, 0, 0, 0, id % 256, 0]);
    head.writeUInt16BE(part.length + 8, 2);
    yield Buffer.concat([head, part]);
  }
}

function token(kind: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([kind]), short(body.length), body]);
}

const letIn = (): Buffer => token(0xad, Buffer.from([1, 0x74, 0, 0, 4]), byteText('Here'), Buffer.from([16, 0, 0, 0]));

function errorOf([number, message]: readonly [number, string]): Buffer {
  const code = Buffer.alloc(4);
  code.writeUInt32LE(number);
  return token(0xaa, code, Buffer.from([1, 16]), short(message.length), ucs2(message), byteText('here'), byteText(''), Buffer.alloc(4));
}

const typeOf: Readonly<Record<Wire, Buffer>> = {
  nvarchar: Buffer.from([0xe7, 0x40, 0x1f, 9, 4, 0xd0, 0, 52]),
  datetime2: Buffer.from([0x2a, 7]),
  datetimeoffset: Buffer.from([0x2b, 7]),
  money: Buffer.from([0x6e, 8]),
  bit: Buffer.from([0x68, 1]),
  int: Buffer.from([0x26, 4]),
};

function metadataOf(columns: Readonly<Record<string, Wire>>): Buffer {
  const all = Object.entries(columns).map(([name, wire]) => Buffer.concat([Buffer.alloc(4), Buffer.from([9, 0]), typeOf[wire], byteText(name)]));
  return Buffer.concat([Buffer.from([0x81]), short(all.length), ...all]);
}

function rowOf(row: readonly unknown[], wires: readonly Wire[]): Buffer {
  return Buffer.concat([Buffer.from([0xd1]), ...wires.map((wire, index) => cell(row[index], wire))]);
}

function cell(value: unknown, wire: Wire): Buffer {
  if (wire === 'nvarchar') return value === null ? short(0xffff) : Buffer.concat([short(String(value).length * 2), ucs2(String(value))]);
  const body = value === null ? Buffer.alloc(0) : bodyOf(value, wire);
  return Buffer.concat([Buffer.from([body.length]), body]);
}

function bodyOf(value: unknown, wire: Wire): Buffer {
  if (wire === 'bit') return Buffer.from([Number(value)]);
  if (wire === 'int') {
    const body = Buffer.alloc(4);
    body.writeInt32LE(Number(value));
    return body;
  }
  if (wire === 'money') {
    const body = Buffer.alloc(8);
    body.writeInt32LE(Number(BigInt(value as bigint) >> 32n), 0);
    body.writeUInt32LE(Number(BigInt(value as bigint) & 0xffffffffn), 4);
    return body;
  }
  // In UTC, as the wire has it; a datetimeoffset says besides how many minutes its own clock is ahead.
  const [, day = '', clock = '', fraction = '', offset = '0'] = /^(\S+) (\S+?)\.(\d{7})(?: (-?\d+))?$/.exec(String(value)) ?? [];
  const body = Buffer.alloc(wire === 'datetime2' ? 8 : 10);
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  body.writeUIntLE((hours * 3600 + minutes * 60 + seconds) * 10_000_000 + Number(fraction), 0, 5);
  body.writeUIntLE(Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse('0001-01-01T00:00:00Z')) / 86_400_000), 5, 3);
  if (wire === 'datetimeoffset') body.writeInt16LE(Number(offset), 8);
  return body;
}
