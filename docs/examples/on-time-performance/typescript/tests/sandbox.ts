/** Keeps every test away from real systems: it reads three flights of two days and writes below a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, vi } from 'vitest';
import { places } from '../src/core/root.ts';

const FLIGHTS = 'create table flights (flight_id text, departed_at timestamp, delay_minutes integer, origin_state text)';
const ROWS = `insert into flights values
  ('T1', '2026-01-05 00:00:00', -8, 'CA'), ('T2', '2026-01-05 23:59:59', 15, 'TX'), ('T3', '2026-01-06 00:00:00', 0, 'TX')`;

beforeEach(async () => {
  places.data = mkdtempSync(join(tmpdir(), 'on-time-performance-'));
  places.env = join(places.data, '.env');
  vi.stubEnv('WAREHOUSE_URL', 'duckdb:///warehouse.duckdb');
  const connection = await (await DuckDBInstance.fromCache(join(places.data, 'warehouse.duckdb'))).connect();
  await connection.run(FLIGHTS);
  await connection.run(ROWS);
  connection.closeSync();
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(places.data, { recursive: true, force: true });
});
