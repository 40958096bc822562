import type { ConfigField } from '../src/config/edit-config.ts';
import { lakeStores, storeKeys, storeModule } from '../src/config/lake-stores.ts';
import { filesInTypescript } from '../src/config/source-kinds.ts';
import { refuse } from '../src/generate/answers/checked.ts';
import type { KindVariable, StageItem } from '../src/generate/define-stage.ts';
import type { KindOption } from '../src/generate/kind-options.ts';
import type { FrameLibrary } from '../src/generate/project-input.ts';
import type { SourceView } from '../src/generate/project-view.ts';
import { namedChoice } from '../src/generate/kind-options.ts';
import { contractOf } from './contract.ts';

/** Where a lake lies. What its address says counts when it runs: this is about the keys that it is opened with. */
export const storeOption: KindOption = {
  key: 'store',
  label: { en: 'Store', es: 'Almacenamiento' },
  help: { en: 'Where a new source lies; its keys come with it.', es: 'Dónde está un origen nuevo; con él vienen sus claves.' },
  ofSource: ({ store }) => store,
  choices: [
    namedChoice('folder', 'a folder, or what the machine is let in to', 'una carpeta, o lo que la máquina tenga permiso de leer'),
    ...Object.entries(lakeStores).map(([value, { name }]) => namedChoice(value, name, name)),
  ],
};

/** The form of its files. */
export const formatOption: KindOption = {
  key: 'format',
  label: { en: 'Format', es: 'Formato' },
  help: { en: 'The form of its files.', es: 'La forma de sus archivos.' },
  choices: [
    namedChoice('parquet', 'columns with types', 'columnas con tipo'),
    namedChoice('csv', 'text with commas', 'texto con comas'),
    namedChoice('json', 'one object a line', 'un objeto por línea'),
    namedChoice('delta', 'a table with transactions', 'una tabla con transacciones'),
  ],
};

/** Looked for among the packages of npm on 2026-11-30. */
const noDelta = refuse(
  'Nothing that writes Delta is kept in JavaScript, and what DuckDB has for it is an extension that it downloads when it runs. A lake of parquet replaces each period at once; a Python repository keeps Delta.',
  'En JavaScript no se mantiene nada que escriba Delta, y lo que DuckDB tiene es una extensión que descarga al ejecutar. Un lake de parquet sustituye cada periodo de golpe; un repositorio de Python guarda Delta.',
  'parquet',
);

/** The module that reads and writes a format, where it is not the one that every lake has. */
const modulesOf: Readonly<Record<string, string>> = { csv: 'lake_text', json: 'lake_text', delta: 'lake_delta' };

const storeOf = ({ options }: StageItem): string => options['store'] ?? 'folder';

export const formatOf = ({ options }: StageItem): string => options['format'] ?? 'parquet';

/** What DuckDB reads and writes without an extension that it would have to download, fetched by the store's own client. */
export const lakeInTypescript = {
  options: [
    // A source without keys says nothing of where its address will lead.
    { ...storeOption, ofSource: ({ store }: SourceView) => (store === 'folder' ? undefined : store) },
    { ...formatOption, choices: formatOption.choices?.filter(({ value }) => value !== 'delta') ?? [], refused: { delta: noDelta } },
  ],
  modules: (item: StageItem): string[] => [...filesInTypescript('datalake'), ...(storeOf(item) === 'folder' ? [] : [storeModule(storeOf(item))])],
  requirements: (item: StageItem): readonly string[] => lakeStores[storeOf(item)]?.typescript.packages ?? [],
  address: (item: StageItem): string => lakeStores[storeOf(item)]?.address ?? '/var/data/lake',
};

/** Its format with the module of it. */
export const lakeData = (item: StageItem) => ({ format: formatOf(item), module: modulesOf[formatOf(item)] ?? 'lake' });

export const lakeModules = (item: StageItem): string[] => Object.entries(modulesOf).flatMap(([format, module]) => (format === formatOf(item) ? [`src/core/${module}.py`] : []));

/** The module that an extractor reads with: by a contract, one of its own. */
const readerOf = (item: StageItem): string => lakeData(item).module.replace(/^lake/, contractOf(item) === '' ? '$&' : '$&_contract');

/** The same as {@link lakeData} of what is only read. */
export const lakeReading = (item: StageItem) => ({ ...lakeData(item), module: readerOf(item) });

export const lakeReaders = (item: StageItem): string[] =>
  contractOf(item) === '' ? lakeModules(item) : [...new Set(['contract', 'lake_contract', readerOf(item)])].map((name) => `src/core/${name}.py`);

/** Polars and Arrow read and write every store and format by themselves, but for these; none needs anything of the system. */
export const lakeRequirements = (item: StageItem, frames: FrameLibrary): string[] => [
  ...(formatOf(item) === 'delta' ? ['deltalake>=1.5'] : []),
  // Arrow's own way to Google Cloud takes no key of a service account.
  ...(frames === 'pandas' ? (lakeStores[storeOf(item)]?.pandas ?? []) : []),
];

export const lakeAddress = ({ options }: StageItem): string => lakeStores[options['store'] ?? '']?.address ?? 's3://bucket/folder';

const keysOf = ({ source, options }: StageItem) => storeKeys(source?.name ?? '', options['store'] ?? '');

/** What stands under a new source: each key its own variable, and while that is not set what the machine is let in with. */
export const lakeFields = (item: StageItem): ConfigField[] => keysOf(item).map(({ key, variable }) => ({ key, value: `\${${variable}:-}`, quoted: true }));

export const lakeVariables = (item: StageItem): KindVariable[] => keysOf(item).map(({ variable: name, comment }) => ({ name, comment }));
