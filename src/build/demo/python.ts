import { join } from 'node:path';
import { requirementsOf } from '../../edge/python-environment.ts';
import { sharedEnvironment } from '../../edge/python-environment-shared.ts';
import type { DemoLanguage } from './language.ts';
import { example } from './make-repository.ts';
import type { Where } from './must.ts';
import { must } from './must.ts';
import { readKpiTable } from './read-table.ts';
import type { DemoTexts } from './texts.ts';

/** The demo's KPI in Python: SQLite, polars, pytest. */
export function inPython(folder: string, repository: string, signal: AbortSignal, texts: DemoTexts): DemoLanguage {
  const warehouse = join(folder, 'warehouse', 'flights.sqlite');
  const here: Where = { cwd: process.cwd(), signal };
  return {
    answers: [],
    // SQLAlchemy's form: three slashes and the absolute path
    address: `sqlite:///${warehouse.replaceAll('\\', '/')}`,
    async install(detail) {
      const wanted = await requirementsOf(repository, { signal });
      // Of the development tools only what the demo runs: a type checker would double the download.
      const packages = [...wanted.run, ...wanted.dev.filter((each) => each.startsWith('pytest'))];
      const environment = await sharedEnvironment(packages, '.cache', { signal, onLine: detail });
      detail(environment.installed === undefined ? texts.cached : texts.tool(environment.installed.tool));
      const { python } = environment;
      const pytest = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--basetemp', join(folder, 'pytest'), join('tests', 'unit')];
      return {
        python,
        loadFlights: async () => void (await must(python, [join(example, 'load_flights.py'), warehouse], here)),
        runUnitTests: async () => void (await must(python, pytest, { cwd: repository, signal })),
        readTable: (table) => readKpiTable(python, warehouse, table, signal),
      };
    },
  };
}
