/**
 * Puts the flight records into a small DuckDB file: the warehouse of this example.
 *
 *     node load-flights.mjs <warehouse.duckdb>    run in the repository, whose DuckDB it uses
 *
 * A real KPI reads a warehouse that is there already, and needs no such script.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [warehouse] = process.argv.slice(2);
if (warehouse === undefined) throw new Error('node load-flights.mjs <warehouse.duckdb>');
const csv = fileURLToPath(new URL('data/flights.csv', import.meta.url));
const { DuckDBInstance } = await import(pathToFileURL(createRequire(resolve('package.json')).resolve('@duckdb/node-api')).href);

const columns = {
  flight_id: 'varchar',
  departed_at: 'timestamp',
  delay_minutes: 'integer',
  distance_miles: 'integer',
  origin: 'varchar',
  origin_state: 'varchar',
  destination: 'varchar',
};
const types = Object.entries(columns).map(([name, type]) => `'${name}': '${type}'`);

mkdirSync(dirname(resolve(warehouse)), { recursive: true });
const connection = await (await DuckDBInstance.create(resolve(warehouse))).connect();
await connection.run(`create or replace table flights as from read_csv($csv, header = true, columns = {${types.join(', ')}})`, { csv });
const counted = await connection.runAndReadAll('select count(*)::integer from flights');
connection.closeSync();
process.stdout.write(`${counted.getRows()[0]?.[0]} flights\n`);
