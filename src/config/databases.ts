/** A database that a source of kind sql can be: what pyproject.toml must list, none of which needs anything of the system, and the form of its address. */
export interface Database {
  readonly name: string;
  readonly drivers: readonly string[];
  readonly address: string;
}

/** Every database, by the name that SQLAlchemy has for it. */
export const databases = {
  sqlite: { name: 'SQLite', drivers: [], address: 'sqlite:///folder/file.sqlite' },
  postgresql: { name: 'PostgreSQL', drivers: ['psycopg[binary]>=3.2'], address: 'postgresql+psycopg://user:<password>@host:5432/database' },
  mariadb: { name: 'MariaDB', drivers: ['pymysql>=1.1'], address: 'mariadb+pymysql://user:<password>@host:3306/database' },
  mysql: { name: 'MySQL', drivers: ['pymysql>=1.1'], address: 'mysql+pymysql://user:<password>@host:3306/database' },
  mssql: { name: 'SQL Server', drivers: ['pymssql>=2.3'], address: 'mssql+pymssql://user:<password>@host:1433/database' },
  oracle: { name: 'Oracle', drivers: ['oracledb>=3.0'], address: 'oracle+oracledb://user:<password>@host:1521/?service_name=service' },
  hana: { name: 'SAP HANA', drivers: ['sqlalchemy-hana>=4.0', 'hdbcli>=2.20'], address: 'hana+hdbcli://user:<password>@host:443/?encrypt=true' },
  duckdb: { name: 'DuckDB', drivers: ['duckdb-engine>=0.17'], address: 'duckdb:///folder/file.duckdb' },
} as const satisfies Readonly<Record<string, Database>>;

export type DatabaseName = keyof typeof databases;

/** One of them by its name; SQLite, where nobody said. */
export function databaseOf(name: string | undefined): Database {
  return name !== undefined && Object.hasOwn(databases, name) ? databases[name as DatabaseName] : databases.sqlite;
}
