// Gives the rows of tables of a DuckDB file as JSON: read-duckdb.mjs <repository> <file> <table>...
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [repository, file, ...tables] = process.argv.slice(2);
const duckdb = createRequire(join(repository, 'package.json')).resolve('@duckdb/node-api');
const { DuckDBInstance } = await import(pathToFileURL(duckdb));
const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
const connection = await instance.connect();
const rows = {};
for (const table of tables) {
  const reader = await connection.runAndReadAll(`select * from "${table}"`);
  rows[table] = reader.getRowObjectsJson();
}
connection.closeSync();
process.stdout.write(JSON.stringify(rows));
