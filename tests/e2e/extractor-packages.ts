/** What the repositories of the tests of extractors declare, whatever they read: one environment for all of them. */
export const extractorPackages = [
  'polars>=2.0',
  'pandas>=3.0',
  'pydantic>=2.12',
  'python-dotenv>=1.1',
  'ruamel.yaml>=0.18.10',
  'sqlalchemy>=2.0.40',
  'psycopg[binary]>=3.2',
  'adbc-driver-postgresql>=1.9',
  'pyarrow>=21',
  'pymysql>=1.1',
  'pymssql>=2.3',
  'oracledb>=3.0',
  'sqlalchemy-hana>=4.0',
  'hdbcli>=2.20',
  'duckdb-engine>=0.17',
  'deltalake>=1.5',
  'moto[server]>=5.1',
  'pytest>=9',
];

/** The library that the repositories of these tests work with. Their cases are the same for each. */
export const frames = process.env['KPI_FLOW_FRAMES'] ?? 'polars';
