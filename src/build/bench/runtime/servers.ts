import type { PrefectHandle } from '../../../edge/prefect.ts';
import { startPrefect } from '../../../edge/prefect.ts';
import { PrefectClient } from '../../../runtime/api/client.ts';
import { readSettings } from '../../../runtime/api/settings.ts';
import { startPostgres } from '../../database-servers.ts';

/** The servers that 10,000 tasks are given to. */
export const serverKinds = {
  default: 'SQLite, default settings',
  batches: 'SQLite, recorder batches of 100',
  postgres: 'PostgreSQL, default settings',
} as const;
export type ServerKind = keyof typeof serverKinds;

const recorder = 'PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER';
/** Whole seconds: Prefect 3.9.1 cuts the interval to an integer, and with 0 its recorder turns round without a pause. */
const batches = { [`${recorder}_BATCH_SIZE`]: '100', [`${recorder}_READ_BATCH_SIZE`]: '100', [`${recorder}_FLUSH_INTERVAL`]: '1' };

/** Starts one; undefined where PostgreSQL is not there. */
async function startBenchServer(kind: ServerKind, python: string): Promise<{ readonly prefect: PrefectHandle; readonly stop: () => Promise<void> } | undefined> {
  if (kind !== 'postgres') {
    const prefect = await startPrefect(python, { cache: '.cache', startSeconds: 600, ...(kind === 'batches' ? { settings: batches } : {}) });
    return { prefect, stop: prefect.stop };
  }
  const database = await startPostgres();
  if (database === undefined) return undefined;
  const url = database.url(database.first).replace('psycopg', 'asyncpg');
  const prefect = await startPrefect(python, { startSeconds: 600, settings: { PREFECT_API_DATABASE_CONNECTION_URL: url } });
  const stop = async (): Promise<void> => {
    await prefect.stop();
    await database.stop();
  };
  return { prefect, stop };
}

/** Where something is measured. */
export interface Place {
  readonly kind: ServerKind;
  readonly python: string;
  readonly folder: string;
}

export interface Server {
  readonly prefect: PrefectHandle;
  readonly client: PrefectClient;
  readonly env: NodeJS.ProcessEnv;
}

/** Does it on a server of its own. Undefined where there is none. */
export async function onServer<T>({ kind, python, folder }: Place, act: (server: Server) => Promise<T>): Promise<{ readonly value: T } | undefined> {
  const server = await startBenchServer(kind, python);
  if (server === undefined) return undefined;
  const { env } = server.prefect;
  const client = new PrefectClient(env['PREFECT_API_URL'] ?? '', readSettings({ ...env, PREFECT_CLIENT_MAX_RETRIES: '30' }, folder));
  try {
    return { value: await act({ prefect: server.prefect, client, env }) };
  } finally {
    client.close();
    await server.stop();
  }
}
