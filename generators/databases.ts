import { databaseOf, databases, refusedInTypescript, typescriptDatabase } from '../src/config/databases.ts';
import type { Choice } from '../src/generate/define-generator.ts';
import type { StageItem } from '../src/generate/define-stage.ts';
import type { KindOption } from '../src/generate/kind-options.ts';
import type { SourceView } from '../src/generate/project-view.ts';

/** The databases to choose from. */
export const databaseChoices: readonly Choice[] = Object.entries(databases).map(([value, { name }]) => ({ value, label: { en: name, es: name } }));

/** Which database a source is. */
export const databaseOption: KindOption = {
  key: 'database',
  label: { en: 'Database', es: 'Base de datos' },
  help: { en: 'Which one the source is; decides its driver. The sample works with each.', es: 'Cuál es la del origen; decide su driver. La muestra vale con todas.' },
  choices: databaseChoices,
  ofSource: databaseInAddress,
};

/** Which one a source of a TypeScript repository is: a file of DuckDB where nobody says. */
const databaseInTypescript: KindOption = {
  ...databaseOption,
  choices: databaseChoices.filter(({ value }) => !(value in refusedInTypescript)).toSorted((a, b) => Number(b.value === 'duckdb') - Number(a.value === 'duckdb')),
  refused: refusedInTypescript,
  ofSource: (source) => {
    const found = databaseInAddress(source);
    // The sample says nothing of what its variable will hold.
    if (found === 'duckdb' && source.address.startsWith('${')) return undefined;
    return found === 'postgres' ? 'postgresql' : found;
  },
};

/** What a stage of kind sql is in a TypeScript repository besides its files. */
export const sqlInTypescript = {
  database: databaseInTypescript,
  modules: ({ options }: StageItem): string[] => {
    const { module } = typescriptDatabase(options['database']);
    return module === undefined ? [] : [`src/core/sql-${module}.ts`];
  },
  requirements: ({ options }: StageItem): readonly string[] => typescriptDatabase(options['database']).packages,
  address: ({ options }: StageItem): string => typescriptDatabase(options['database']).address,
};

/** The database that an address names, or what it begins with. The sample says nothing of what its variable will hold. */
function databaseInAddress({ address, sample }: SourceView): string | undefined {
  const isVariable = address.startsWith('${');
  const scheme = schemeOf(isVariable ? sample : address);
  const found = Object.entries(databases).find((entry) => schemeOf(entry[1].address) === scheme)?.[0];
  return found === 'sqlite' && isVariable ? undefined : (found ?? scheme);
}

function schemeOf(address: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1];
}

/** What a stage of kind sql needs. A driver that is none of ours was chosen by who wrote the address. */
export function sqlRequirements({ options }: StageItem): string[] {
  return ['sqlalchemy>=2.0.40', ...databaseOf(options['database']).drivers];
}

/** What a stage needs that reads from one. */
export function sqlReading(item: StageItem): string[] {
  const { readers, batchReaders = [] } = databaseOf(item.options['database']);
  return [...sqlRequirements(item), ...readers, ...(item.options['batch_rows'] ? batchReaders : [])];
}

/** The form that the address of its source has. */
export function sqlAddress({ options }: StageItem): string {
  return databaseOf(options['database']).address;
}
