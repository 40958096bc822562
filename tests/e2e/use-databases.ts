import { afterAll, beforeAll, expect } from 'vitest';
import type { DatabaseServer } from '../../src/build/database-servers.ts';
import { startMariadb, startPostgres } from '../../src/build/database-servers.ts';
import { tell } from '../cli/command-line.ts';
import type { Repository } from './use-repository.ts';

export const databases = ['sqlite', 'duckdb', 'postgresql', 'mariadb'] as const;

type Database = (typeof databases)[number];

/** The databases that stages of a repository are tested in. */
export interface Databases {
  /** The server of a kind; nothing where its programs are not on the machine. */
  server(database: Database): DatabaseServer | undefined;
  /** The address of a new database; nothing where its programs are not on the machine. */
  empty(database: Database, name: string): Promise<string | undefined>;
}

/** What a test says that is skipped where a database is not. */
export function noPrograms(database: Database): string {
  const reason = `the programs of ${database} are not on this machine`;
  tell(`skipped: ${reason}`);
  return reason;
}

/** Starts the servers before the tests of a file, and ends them after. */
export function useDatabases(repository: Repository): Databases {
  const servers = new Map<Database, DatabaseServer>();
  beforeAll(async () => {
    for (const [name, start] of [['postgresql', startPostgres], ['mariadb', startMariadb]] as const) {
      const server = await start();
      if (server !== undefined) servers.set(name, server);
    }
  }, 600_000);
  afterAll(async () => {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  });
  return {
    server: (database) => servers.get(database),
    async empty(database, name) {
      if (database === 'sqlite' || database === 'duckdb') {
        await makeFile(repository, database, name);
        return `${database}:///${repository.root}/${name}.${database}`;
      }
      const server = servers.get(database);
      if (server === undefined) return undefined;
      const { exitCode, all } = await repository.run(['seed_database.py', server.url(server.first), server.url(name), '2026-01-01', '2026-01-02']);
      expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
      return server.url(name);
    },
  };
}

/** A file with a database in it that has no table. */
export async function makeFile(repository: Repository, database: 'sqlite' | 'duckdb', name: string): Promise<void> {
  const driver = { sqlite: 'sqlite3', duckdb: 'duckdb' }[database];
  const { exitCode, all } = await repository.run(['-c', `import ${driver}; made = ${driver}.connect(${JSON.stringify(`${repository.root}/${name}.${database}`)}); made.execute("vacuum"); made.close()`]);
  expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
}
