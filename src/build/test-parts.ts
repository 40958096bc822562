import { basename } from 'node:path';

/** What waits long for whole systems (stores, servers, schedules) has a run of its own: `npm run test:systems`. */
export const systems = [
  ...['additions', 'api-extractor', 'api-loader', 'backfill', 'lakes', 'loaders', 'notification', 'runtime-pool', 'sap-extractor', 'sql-extractors', 'typescript-databases', 'typescript-lakes', 'typescript-stopping', 'typescript-stores'].map((each) => `tests/e2e/${each}.test.ts`),
  'tests/runtime/api/chaos.test.ts',
  'tests/runtime/api/chaos-scripts.test.ts',
  'tests/runtime/api/chaos-runs.test.ts',
];

/**
 * The files that a run without them leaves to `npm run test:systems`. Whoever names one of them wants it.
 * @param args what was given on the command line: files or parts of their names, and flags
 */
export function leftOut(args: readonly string[]): readonly string[] {
  const named = args.filter((each, at) => !each.startsWith('-') && args[at - 1] !== '--exclude').map((each) => each.replaceAll('\\', '/').replace(/^\.\//, ''));
  const isAsked = (file: string): boolean => named.length === 0 || named.some((each) => file.includes(each));
  const isNamed = (file: string): boolean => named.some((each) => file.includes(each) && basename(file).includes(basename(each)));
  return systems.filter((each) => isAsked(each) && !isNamed(each));
}
