/**
 * Prints a table of a DuckDB file as JSON.
 *
 *     node read-table.mjs <warehouse.duckdb> <table>    run in the repository, whose DuckDB it uses
 */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [warehouse = '', table = ''] = process.argv.slice(2);
const { DuckDBInstance } = await import(pathToFileURL(createRequire(resolve('package.json')).resolve('@duckdb/node-api')).href);
const connection = await (await DuckDBInstance.create(resolve(warehouse), { access_mode: 'READ_ONLY' })).connect();
const reader = await connection.runAndReadAll(`from "${table}" order by all`);
process.stdout.write(JSON.stringify(reader.getRowObjectsJson()));
connection.closeSync();
