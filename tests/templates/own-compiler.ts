import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';

/** What our own node_modules has not is declared: its types are the business of who installs it. */
const notHere = `declare module '@duckdb/node-api' {
  type Values = Readonly<Record<string, string>>;
  export interface DuckDBAppender {
    appendDouble(value: number): void;
    appendVarchar(value: string): void;
    appendNull(): void;
    endRow(): void;
    clear(): void;
    flushSync(): void;
    closeSync(): void;
  }
  export interface DuckDBConnection {
    createAppender(table: string, schema?: string | null, catalog?: string | null): Promise<DuckDBAppender>;
    run(sql: string, values?: Values): Promise<unknown>;
    runAndReadAll(sql: string, values?: Values): Promise<{ getRowObjectsJson(): Record<string, unknown>[] }>;
    stream(sql: string, values?: Values): Promise<{ yieldRowObjectJson(): AsyncIterable<Record<string, unknown>[]> }>;
    interrupt(): void;
    closeSync(): void;
  }
  export class DuckDBInstance {
    static create(path?: string, options?: Values): Promise<DuckDBInstance>;
    static fromCache(path: string): Promise<DuckDBInstance>;
    connect(): Promise<DuckDBConnection>;
    closeSync(): void;
  }
}
declare module '@xmldom/xmldom' {
  export interface Element {
    readonly textContent: string | null;
    getAttribute(name: string): string | null;
    getElementsByTagNameNS(namespace: string, name: string): Iterable<Element> & { readonly [index: number]: Element };
  }
  export const onErrorStopParsing: () => void;
  export class DOMParser {
    constructor(options: { readonly onError: () => void });
    parseFromString(text: string, type: string): { readonly documentElement: Element | null };
  }
}
declare module '@aws-sdk/client-s3' {
  interface Place {
    readonly Bucket: string;
    readonly Key: string;
  }
  export class S3Client {
    constructor(config: Readonly<Record<string, unknown>>);
    send(command: GetObjectCommand | PutObjectCommand): Promise<{ readonly Body?: unknown }>;
    destroy(): void;
  }
  export class GetObjectCommand {
    constructor(place: Place);
  }
  export class PutObjectCommand {
    constructor(place: Place & { readonly Body: unknown; readonly ContentLength: number });
  }
  export function paginateListObjectsV2(config: { readonly client: S3Client }, place: { readonly Bucket: string; readonly Prefix: string }): AsyncIterable<{ readonly Contents?: readonly { readonly Key?: string }[] }>;
}
declare module '@azure/identity' {
  export class ClientSecretCredential {
    private readonly secret: string;
    constructor(tenant: string, client: string, secret: string);
  }
  export class DefaultAzureCredential {
    private readonly machine: string;
  }
}
declare module '@azure/storage-blob' {
  import type { ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
  export class StorageSharedKeyCredential {
    private readonly key: string;
    constructor(account: string, key: string);
  }
  export interface ContainerClient {
    listBlobsFlat(options: { readonly prefix: string }): AsyncIterable<{ readonly name: string }>;
    getBlobClient(name: string): { downloadToFile(file: string): Promise<unknown> };
    getBlockBlobClient(name: string): { uploadFile(file: string): Promise<unknown> };
  }
  export class BlobServiceClient {
    constructor(url: string, credential: StorageSharedKeyCredential | ClientSecretCredential | DefaultAzureCredential | undefined, options: object);
    getContainerClient(name: string): ContainerClient;
  }
}
declare module '@google-cloud/storage' {
  export class Storage {
    constructor(options: { readonly keyFilename?: string; readonly credentials?: object });
    bucket(name: string): {
      getFiles(query: { readonly prefix: string }): Promise<[{ readonly name: string }[], ...unknown[]]>;
      file(name: string): { download(options: { readonly destination: string }): Promise<unknown> };
      upload(file: string, options: { readonly destination: string }): Promise<unknown>;
    };
  }
}
declare module 'pg' {
  interface Query {
    readonly text: string;
    readonly values?: readonly unknown[];
    readonly types?: { readonly getTypeParser: () => (value: unknown) => unknown };
  }
  export interface QueryResult<Row> {
    readonly rows: Row[];
    readonly fields: { readonly name: string; readonly dataTypeID: number }[];
  }
  export class Client {
    constructor(config: Readonly<Record<string, unknown>>);
    on(event: 'error', heard: (error: Error) => void): this;
    once(event: 'end', heard: () => void): this;
    connect(): Promise<unknown>;
    query<Row>(query: string | Query, values?: readonly unknown[]): Promise<QueryResult<Row>>;
    end(): Promise<void>;
  }
}
declare module 'libsql' {
  interface Statement {
    all(...values: readonly unknown[]): unknown[];
    iterate(...values: readonly unknown[]): Iterator<unknown>;
    columns(): { readonly name: string; readonly type: string | null }[];
  }
  export default class Database {
    constructor(path: string);
    defaultSafeIntegers(on: boolean): this;
    prepare(sql: string): Statement;
    close(): this;
  }
}
declare module 'mysql2/promise' {
  export type RowDataPacket = Record<string, unknown>;
  export interface FieldPacket {
    readonly name: string;
    readonly columnType?: number;
  }
  export interface Connection {
    readonly threadId: number;
    on(event: 'error', heard: (error: Error) => void): this;
    once(event: 'end', heard: () => void): this;
    query<Rows = unknown>(sql: string, values?: readonly unknown[]): Promise<[Rows, FieldPacket[]]>;
    execute<Rows = unknown>(sql: string, values: readonly (string | number | null)[]): Promise<[Rows, FieldPacket[]]>;
    end(): Promise<void>;
  }
  export type ConnectionOptions = Readonly<Record<string, unknown>>;
  export function createConnection(config: ConnectionOptions): Promise<Connection>;
}
declare module 'mysql2' {
  import type { Connection as PromiseConnection, ConnectionOptions } from 'mysql2/promise';
  interface Connection {
    readonly threadId: number;
    on(event: 'error', heard: (error: Error) => void): this;
    promise(): PromiseConnection;
    execute(sql: string, values: readonly string[]): { stream(options: { readonly highWaterMark: number }): AsyncIterable<unknown> };
    destroy(): void;
  }
  export function createConnection(config: ConnectionOptions): Connection;
}
`;

/** What the compiler says of a TypeScript repository, by its own rules: nothing when all is well. Below the project, so that zod, yaml and vitest are found where ours are. */
export async function compile(files: Iterable<{ readonly path: string; readonly text: string }>): Promise<string> {
  await mkdir('.cache', { recursive: true });
  const folder = await mkdtemp(join(resolve('.cache'), 'typescript-'));
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await writeFile(join(folder, 'src/not-here.d.ts'), notHere);
    await mkdir(join(folder, 'node_modules/@kpi-flow'), { recursive: true });
    await symlink(join(folder, 'vendor/kpi-flow-runtime'), join(folder, 'node_modules/@kpi-flow/runtime'), 'junction');
    const { exitCode, stdout } = await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', folder], { reject: false });
    return exitCode === 0 ? stdout : `exit ${exitCode}\n${stdout}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
