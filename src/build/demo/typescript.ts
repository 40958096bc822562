import { join, resolve } from 'node:path';
import { linkPackages, sharedPackages } from '../../edge/node-packages-shared.ts';
import { sharedEnvironment } from '../../edge/python-environment-shared.ts';
import { prefectPackage } from '../prefect-package.ts';
import { demoEnvironment } from './environment.ts';
import type { DemoLanguage } from './language.ts';
import { example } from './make-repository.ts';
import { must } from './must.ts';
import type { KpiRow } from './reference.ts';
import type { DemoTexts } from './texts.ts';

/** The demo's KPI in TypeScript: DuckDB, plain rows, vitest. Of Python only Prefect's server and worker are there. */
export function inTypescript(folder: string, repository: string, signal: AbortSignal, texts: DemoTexts): DemoLanguage {
  const warehouse = join(folder, 'warehouse', 'flights.duckdb');
  const node = (...args: string[]): Promise<string> => must(process.execPath, args, { cwd: repository, signal });
  return {
    answers: ['--language', 'typescript'],
    address: `duckdb:///${warehouse.replaceAll('\\', '/')}`,
    async install(detail) {
      const env = demoEnvironment(process.env);
      const [packages, environment] = await Promise.all([
        sharedPackages(repository, '.cache', { env, signal, onLine: detail }),
        sharedEnvironment([prefectPackage], '.cache', { signal, onLine: detail }),
      ]);
      await linkPackages(packages, repository);
      const tools = [...(packages.installed ? ['npm'] : []), ...(environment.installed === undefined ? [] : [environment.installed.tool])];
      detail(tools.length === 0 ? texts.cached : texts.tool(tools.join(', ')));
      return {
        python: environment.python,
        loadFlights: async () => void (await node(resolve(example, 'load-flights.mjs'), warehouse)),
        runUnitTests: async () => void (await node('node_modules/vitest/vitest.mjs', 'run', '--no-isolate', 'tests/unit')),
        readTable: async (table) => JSON.parse(await node(resolve(example, 'read-table.mjs'), warehouse, table)) as KpiRow[],
      };
    },
  };
}
