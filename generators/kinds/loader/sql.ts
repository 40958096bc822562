import { fail } from '../../../src/errors/failure.ts';
import type { StageItem } from '../../../src/generate/define-stage.ts';
import { defineKind } from '../../../src/generate/define-stage.ts';
import type { KindOption } from '../../../src/generate/kind-options.ts';
import { namedChoice } from '../../../src/generate/kind-options.ts';
import type { KeyUse } from '../../../src/generate/loader-keys.ts';
import { keysOption, loaderKeys } from '../../../src/generate/loader-keys.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';
import { tableLoader } from '../../../src/generate/table-loader.ts';
import type { TableWay } from '../../../src/generate/table-loader.ts';
import { databaseOption, sqlAddress, sqlInTypescript, sqlRequirements } from '../../databases.ts';
import { storeKeys } from '../../store-keys.ts';

/** Its strategy where it merges, else how it writes. */
function wayOf({ options: { write_disposition: write = 'merge', merge_strategy: strategy = 'delete-insert' } }: StageItem): TableWay {
  if (write === 'merge') return strategy as TableWay;
  const reason = { en: 'It says how rows are merged, and --write-disposition is not merge.', es: 'Dice cómo se fusionan las filas, y --write-disposition no es merge.' };
  if (strategy !== 'delete-insert') fail('E_ANSWER_REFUSED', { flag: '--merge-strategy', value: strategy, reason });
  return write as TableWay;
}

/** A load or a partition is a period; rows that are merged are told apart one by one. */
const usesOfKeys: Readonly<Partial<Record<TableWay, KeyUse>>> = { append: 'loads', replace_partitions: 'periods' };

const isAudited = ({ options }: StageItem): boolean => options['publish'] === 'audit';

/** What its module imports of the core, in the order of ruff. */
function importsOf(item: StageItem): { readonly module: string; readonly names: string }[] {
  const { strategy, module } = tableLoader(wayOf(item));
  const history = strategy === 'scd2';
  const load = [...(isAudited(item) ? [] : ['save']), ...(history ? ['table_like'] : [])];
  const all = [
    { module, names: history ? 'scd2, with_validity' : strategy },
    ...(isAudited(item) ? [{ module: 'sql_audit', names: 'audit_and_save' }] : []),
    ...(load.length > 0 ? [{ module: 'sql_load', names: load.join(', ') }] : []),
  ];
  return all.toSorted((a, b) => (a.module < b.module ? -1 : 1));
}

/** How rows get into a table. */
const ways: readonly KindOption[] = [
  {
    key: 'write_disposition',
    label: { en: 'Write disposition', es: 'Modo de escritura' },
    help: { en: 'What becomes of the rows that are there, in the words of dlt.', es: 'Qué pasa con las filas que ya están, con los nombres de dlt.' },
    choices: [
      namedChoice('merge', 'rows with the same keys are merged', 'se fusionan las filas con las mismas claves'),
      namedChoice('append', 'rows are added, each load once', 'se añaden filas, cada carga una vez'),
      namedChoice('replace', 'all rows are replaced', 'se sustituyen todas las filas'),
      namedChoice('replace_partitions', 'the rows of each period are replaced', 'se sustituyen las filas de cada periodo'),
    ],
  },
  {
    key: 'merge_strategy',
    label: { en: 'Merge strategy', es: 'Estrategia de fusión' },
    help: { en: 'How rows are merged, in the words of dlt.', es: 'Cómo se fusionan las filas, con los nombres de dlt.' },
    choices: [
      namedChoice('delete-insert', 'those that come anew are deleted and inserted', 'las que vuelven se borran y se insertan'),
      namedChoice('upsert', 'those that come anew are updated', 'las que vuelven se actualizan'),
      namedChoice('insert-only', 'those that are there stay', 'las que ya están se quedan'),
      namedChoice('scd2', 'every version is kept, with when it held', 'se guarda cada versión, con su vigencia'),
    ],
  },
  {
    key: 'publish',
    label: { en: 'Publish', es: 'Publicación' },
    help: { en: 'Whether rows are looked at in a table beside before they count.', es: 'Si las filas se revisan en una tabla aparte antes de que valgan.' },
    choices: [
      namedChoice('direct', 'they are written at once', 'se escriben directamente'),
      namedChoice('audit', 'write, audit, publish', 'escribir, auditar, publicar'),
    ],
  },
];

export const kind = defineKind({
  rank: 1,
  label: { en: 'sql: rows into a table', es: 'sql: filas a una tabla' },
  source: 'sql',
  inputs: { least: 1, most: 1, of: 'any' },
  keys: storeKeys(['merge', 'append', 'replace', 'replace_partitions']),
  options: [
    databaseOption,
    ...ways,
    keysOption,
  ],
  fields: (item, { keys }) => {
    const way = wayOf(item);
    const { options } = item;
    return [
      { key: 'write', value: options['write_disposition'] ?? '' },
      ...(options['write_disposition'] === 'merge' && way !== 'delete-insert' ? [{ key: 'strategy', value: way }] : []),
      ...(way === 'replace' ? [] : [{ key: 'keys', value: loaderKeys(item, keys, usesOfKeys[way] ?? 'rows') }]),
    ];
  },
  told: ({ write, strategy = 'delete-insert' }) => ({ write_disposition: String(write), merge_strategy: String(strategy) }),
  data: (item) => {
    const { strategy } = tableLoader(wayOf(item));
    return { way: wayOf(item), strategy, audits: isAudited(item), imports: importsOf(item), unique: item.options['write_disposition'] === 'merge' };
  },
  files: ({ name }) => [
    { template: 'stage/loader/sql/any/loader.py', path: `src/core/loaders/${name}.py`, owner: 'seed' },
    { template: 'stage/loader/sql/any/test_loader.py', path: `tests/unit/test_${name}.py`, owner: 'seed' },
  ],
  typescript: {
    options: [sqlInTypescript.database, ...ways, keysOption],
    files: ({ name }) => typescriptPair('loader/sql/any', 'loader', `src/core/loaders/${name}.ts`, name),
    modules: (item) => ['src/core/sql-columns.ts', 'src/core/table-like.ts', 'tests/unit/table-like.test.ts', ...(isAudited(item) ? ['src/core/sql-audit.ts'] : []), ...sqlInTypescript.modules(item)],
    requirements: sqlInTypescript.requirements,
    address: sqlInTypescript.address,
  },
  modules: (item) => tableLoader(wayOf(item), isAudited(item)).modules,
  requirements: sqlRequirements,
  address: sqlAddress,
});
