import { afterAll, beforeAll } from 'vitest';
import { prefectPackage } from '../../../src/build/prefect-package.ts';
import { startPrefect } from '../../../src/edge/prefect.ts';
import type { PrefectHandle } from '../../../src/edge/prefect.ts';
import { sharedEnvironment } from '../../../src/edge/python-environment-shared.ts';
import { PrefectClient } from '../../../src/runtime/api/client.ts';
import { PrefectServerApi } from '../../../src/runtime/api/prefect-server-api.ts';
import type { Settings } from '../../../src/runtime/api/settings.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';

export const serverPackages = [prefectPackage];

/** A Prefect server for the tests of a file. */
export interface RealServer {
  readonly url: string;
  readonly prefect: PrefectHandle;
  readonly python: string;
  readonly client: PrefectClient;
  settings(env?: NodeJS.ProcessEnv): Settings;
  api(env?: NodeJS.ProcessEnv): PrefectServerApi;
}

/**
 * Starts one before the file's tests and ends it after them.
 * @param environment what the server, and what talks to it, has set besides
 * @param packages what its Python has, which the tests may use
 */
export function useRealServer(environment: NodeJS.ProcessEnv = {}, packages: readonly string[] = serverPackages): RealServer {
  const found: { prefect?: PrefectHandle; python?: string } = {};
  beforeAll(async () => {
    const { python } = await sharedEnvironment(packages, '.cache');
    const prefect = await startPrefect(python, { cache: '.cache', env: { ...process.env, ...environment } });
    Object.assign(found, { python, prefect });
  }, 1_800_000);
  afterAll(async () => await found.prefect?.stop(), 60_000);
  const url = (): string => found.prefect?.env['PREFECT_API_URL'] ?? '';
  const settings = (env: NodeJS.ProcessEnv = {}): Settings =>
    readSettings({ PREFECT_API_URL: url(), PREFECT_HOME: '/nonexistent', ...environment, ...env }, '/nonexistent');
  return {
    get url() {
      return url();
    },
    get prefect() {
      return found.prefect as PrefectHandle;
    },
    get python() {
      return found.python as string;
    },
    get client() {
      return new PrefectClient(url(), settings());
    },
    settings,
    api: (env) => new PrefectServerApi(new PrefectClient(url(), settings(env))),
  };
}
