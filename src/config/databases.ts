import type { Refusal } from './names.ts';

/** A database that a source of kind sql can be: what pyproject.toml or package.json must list, none of which needs anything of the system, and the form of its address. */
export interface Database {
  readonly name: string;
  readonly drivers: readonly string[];
  /** What reading from it takes beside, where rows come by columns. */
  readonly readers: readonly string[];
  /** And what reading in batches takes. */
  readonly batchReaders?: readonly string[];
  readonly address: string;
  /** How a TypeScript repository reads and writes it, or why it does not. */
  readonly typescript: TypescriptDatabase | { readonly refused: Refusal['reason'] };
}

interface TypescriptDatabase {
  readonly address: string;
  /** The module of src/core that does, where it is not the one that every repository has: `mariadb` is `sql-mariadb.ts`. */
  readonly module?: string;
  /** How addresses of its module begin. */
  readonly schemes: readonly string[];
  readonly packages: readonly string[];
}

/** MySQL speaks as MariaDB does. */
const mysql2 = { module: 'mariadb', schemes: ['mariadb', 'mysql'], packages: ['mysql2@^3.24.6'] } as const;

/** Looked for among the packages of npm on 2026-11-30. */
const noOracle = {
  en: 'Its only client that is kept for Node, oracledb, runs a script when it is installed, and no package of a repository may. A Python repository reads and writes it.',
  es: 'Su único cliente con mantenimiento para Node, oracledb, ejecuta un script al instalarse, y ningún paquete de un repositorio debe hacerlo. Un repositorio de Python la lee y la escribe.',
};

/** Every database, by the name that SQLAlchemy has for it. */
export const databases = {
  sqlite: { name: 'SQLite', drivers: [], readers: [], address: 'sqlite:///folder/file.sqlite', typescript: { module: 'sqlite', schemes: ['sqlite'], packages: ['libsql@^0.5.29'], address: 'sqlite:///data/warehouse.sqlite' } },
  postgresql: { name: 'PostgreSQL', drivers: ['psycopg[binary]>=3.2'], readers: ['adbc-driver-postgresql>=1.9'], batchReaders: ['pyarrow>=21'], address: 'postgresql+psycopg://user:<password>@host:5432/database', typescript: { module: 'postgresql', schemes: ['postgres', 'postgresql'], packages: ['pg@^8.23.1', '@types/pg@^8.23.1'], address: 'postgresql://user:<password>@host:5432/database' } },
  mariadb: { name: 'MariaDB', drivers: ['pymysql>=1.1'], readers: [], address: 'mariadb+pymysql://user:<password>@host:3306/database', typescript: { ...mysql2, address: 'mariadb://user:<password>@host:3306/database' } },
  mysql: { name: 'MySQL', drivers: ['pymysql>=1.1'], readers: [], address: 'mysql+pymysql://user:<password>@host:3306/database', typescript: { ...mysql2, address: 'mysql://user:<password>@host:3306/database' } },
  mssql: { name: 'SQL Server', drivers: ['pymssql>=2.3'], readers: [], address: 'mssql+pymssql://user:<password>@host:1433/database', typescript: { module: 'mssql', schemes: ['mssql'], packages: ['tedious@^19.2.2'], address: 'mssql://user:<password>@host:1433/database' } },
  oracle: { name: 'Oracle', drivers: ['oracledb>=3.0'], readers: [], address: 'oracle+oracledb://user:<password>@host:1521/?service_name=service', typescript: { refused: noOracle } },
  hana: { name: 'SAP HANA', drivers: ['sqlalchemy-hana>=4.0', 'hdbcli>=2.20'], readers: [], address: 'hana+hdbcli://user:<password>@host:443/?encrypt=true', typescript: { module: 'hana', schemes: ['hana'], packages: ['hdb@^2.30.1'], address: 'hana://user:<password>@host:443/?encrypt=true' } },
  duckdb: { name: 'DuckDB', drivers: ['duckdb-engine>=0.17'], readers: [], address: 'duckdb:///folder/file.duckdb', typescript: { schemes: ['duckdb'], packages: [], address: 'duckdb:///data/warehouse.duckdb' } },
} as const satisfies Readonly<Record<string, Database>>;

export type DatabaseName = keyof typeof databases;

/** One of them by its name; SQLite, where nobody said. */
export function databaseOf(name: string | undefined): Database {
  return name !== undefined && Object.hasOwn(databases, name) ? databases[name as DatabaseName] : databases.sqlite;
}

/** The one of a new repository, where nobody says. */
export function usualDatabase(language: 'python' | 'typescript'): DatabaseName {
  return language === 'typescript' ? 'duckdb' : 'sqlite';
}

/** How a TypeScript repository reads and writes a database; a DuckDB file, where nobody said. */
export function typescriptDatabase(name: string | undefined): TypescriptDatabase {
  const { typescript } = name === undefined ? databases.duckdb : databaseOf(name);
  return 'packages' in typescript ? typescript : databases.duckdb.typescript;
}

/** What is wrong with a database in a TypeScript repository, by its name; nothing where it reads and writes it. */
export const refusedInTypescript: Readonly<Record<string, Refusal>> = Object.fromEntries(
  Object.entries<Database>(databases).flatMap(([name, { typescript }]) => ('refused' in typescript ? [[name, { reason: typescript.refused }] as const] : [])),
);

/** How addresses begin in a TypeScript repository. */
export const typescriptSchemes: readonly string[] = Object.values<Database>(databases).flatMap(({ typescript }) => ('schemes' in typescript ? typescript.schemes : []));

/** The modules by which TypeScript repositories open databases, in the order of their names, and how addresses of each begin. */
export const databaseModules: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values<Database>(databases)
    .flatMap(({ typescript }) => ('module' in typescript && typescript.module !== undefined ? [[typescript.module, typescript.schemes] as const] : []))
    .toSorted(([left], [right]) => (left < right ? -1 : 1)),
);
