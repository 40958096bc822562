import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** A database server of the tests' own, on a free loopback port, with its data in a temporary folder. */
export interface DatabaseServer {
  /** The address of one of its databases, in SQLAlchemy's form; one that is not there yet is made by who needs it. */
  readonly url: (database: string) => string;
  /** The database that is there from the beginning. */
  readonly first: string;
  readonly stop: () => Promise<void>;
}

/** Where Debian keeps programs that are not on everybody's path. */
const folders = (): string[] => {
  const versions = '/usr/lib/postgresql';
  const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', ...newest.map((version) => join(versions, version, 'bin'))];
};

function findProgram(...names: readonly string[]): string | undefined {
  return names.flatMap((name) => folders().map((folder) => join(folder, name))).find((path) => existsSync(path));
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** Neither server runs as root: then it is somebody without rights. */
async function unprivileged(user: string): Promise<Identity> {
  if (process.getuid?.() !== 0) return {};
  const idOf = async (flag: string) => {
    const { stdout, exitCode } = await execa('id', [flag, user], { reject: false });
    return exitCode === 0 ? Number(stdout) : Number((await execa('id', [flag, 'nobody'])).stdout);
  };
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}

async function makeFolder(identity: Identity): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-db-'));
  if (identity.uid !== undefined) await chown(folder, identity.uid, identity.gid ?? identity.uid);
  return folder;
}

/** A port of the loopback that nobody has. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** PostgreSQL; nothing when its programs are not there. */
export async function startPostgres(): Promise<DatabaseServer | undefined> {
  const [initdb, postgres] = [findProgram('initdb'), findProgram('postgres')];
  if (initdb === undefined || postgres === undefined) return undefined;
  const identity = await unprivileged('postgres');
  const folder = await makeFolder(identity);
  const data = join(folder, 'data');
  await execa(initdb, ['-D', data, '-U', 'kpi', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], { ...identity, cwd: folder });
  const port = await freePort();
  const args = ['-D', data, '-c', 'listen_addresses=127.0.0.1', '-c', `port=${port}`, '-c', 'unix_socket_directories=', '-c', 'fsync=off'];
  const stop = await runServer(postgres, args, folder, identity, port);
  return { url: (database) => `postgresql+psycopg://kpi@127.0.0.1:${port}/${database}`, first: 'postgres', stop };
}

/**
 * MariaDB with its own usual settings, which are not those of a distribution; nothing when its programs are not there.
 * It stands in a time zone that is nobody's here, and knows one by name: Europe/Madrid.
 */
export async function startMariadb(): Promise<DatabaseServer | undefined> {
  const [install, mariadbd] = [findProgram('mariadb-install-db'), findProgram('mariadbd')];
  if (install === undefined || mariadbd === undefined) return undefined;
  const identity = await unprivileged('mysql');
  const folder = await makeFolder(identity);
  const data = join(folder, 'data');
  // A TMPDIR of ours need not be one that its own user may write to.
  await execa(install, ['--no-defaults', `--datadir=${data}`, `--tmpdir=${folder}`, '--auth-root-authentication-method=normal', '--skip-test-db'], { ...identity, cwd: folder });
  const password = 'a%20word';
  const start = join(folder, 'start.sql');
  // It reads one statement a line.
  await writeFile(start, `create database kpi;\ncreate user kpi@'127.0.0.1' identified by 'a word';\ngrant all on *.* to kpi@'127.0.0.1';\nuse mysql;\n${await namesOfZone('Europe/Madrid')}`);
  const port = await freePort();
  const args = ['--no-defaults', `--datadir=${data}`, `--tmpdir=${folder}`, `--port=${port}`, `--socket=${join(folder, 'socket')}`, `--pid-file=${join(folder, 'pid')}`, '--bind-address=127.0.0.1', '--skip-name-resolve', '--default-time-zone=-05:00', `--init-file=${start}`];
  const stop = await runServer(mariadbd, args, folder, identity, port);
  return { url: (database) => `mariadb+pymysql://kpi:${password}@127.0.0.1:${port}/${database}`, first: 'kpi', stop };
}

/** What makes a time zone known by its name, one statement a line. */
async function namesOfZone(zone: string): Promise<string> {
  const program = findProgram('mariadb-tzinfo-to-sql', 'mysql_tzinfo_to_sql');
  if (program === undefined) return '';
  const { stdout } = await execa(program, [`/usr/share/zoneinfo/${zone}`, zone]);
  const statements = stdout.split(';\n').filter((each) => /^(?:INSERT INTO time_zone|SET @time_zone_id)/.test(each));
  return statements.map((each) => `${each.replaceAll('\n', ' ')};\n`).join('');
}

/** Runs a server until it answers; what it gives back ends it and takes its folder away. */
export async function runServer(program: string, args: readonly string[], folder: string, identity: Identity, port: number): Promise<() => Promise<void>> {
  const server = spawn(program, args, { ...identity, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4000)));
  const stop = async (): Promise<void> => {
    await endServer(server);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  for (let tries = 0; tries < 600; tries += 1) {
    if (server.exitCode !== null) break;
    if (await answers(port)) return stop;
    await sleep(100);
  }
  await stop();
  throw new Error(`${program} did not start:\n${said}`);
}

/** SIGINT asks PostgreSQL to end its clients' sessions too; MariaDB ends at SIGTERM only. */
async function endServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill(server.spawnfile.endsWith('postgres') ? 'SIGINT' : 'SIGTERM');
  await ended;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (is: boolean) => () => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', done(true)).once('error', done(false));
  });
}
