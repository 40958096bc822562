import { Failure, problem } from '../../errors/failure.ts';
import { runToEnd } from '../../edge/process-group.ts';
import { demoEnvironment } from './environment.ts';
import type { KpiRow } from './reference.ts';

const code = [
  'import json, sqlite3, sys',
  'with sqlite3.connect(sys.argv[1]) as database:',
  '    database.row_factory = sqlite3.Row',
  '    print(json.dumps([dict(row) for row in database.execute("select * from " + sys.argv[2] + " order by 1, 2")]))',
].join('\n');

/** Reads the table that the flow wrote, with Python's own SQLite: Node 20 has none. */
export async function readKpiTable(python: string, warehouse: string, table: string, signal: AbortSignal): Promise<KpiRow[]> {
  let text = '';
  const command = { file: python, args: ['-c', code, warehouse, table], env: demoEnvironment(process.env), onLine: (line: string) => void (text += line) };
  const outcome = await runToEnd(command, { seconds: 30, signal });
  if (outcome.code !== 0) throw new Failure([problem('E_BUG', { detail: outcome.output.trim().split('\n').at(-1) ?? '' })]);
  return JSON.parse(text) as KpiRow[];
}
