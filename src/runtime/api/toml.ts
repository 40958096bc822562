/**
 * The part of TOML that Prefect's settings files use: tables, dotted keys, strings, numbers, booleans, and arrays on
 * one line. What it does not know it leaves out, because a settings file may hold tables of other programs.
 * @returns keys joined with dots, values as text
 */
export function readToml(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let table = '';
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    const header = /^\[\s*([^[\]]+?)\s*\]\s*(?:#.*)?$/.exec(line);
    if (header !== null) table = `${keyOf(header[1] ?? '')}.`;
    else if (line !== '' && !line.startsWith('#')) readPair(line, table, values);
  }
  return values;
}

function readPair(line: string, table: string, values: Map<string, string>): void {
  const pair = /^((?:"[^"]*"|'[^']*'|[\w.-]+|\s*\.\s*)+?)\s*=\s*(.+)$/.exec(line);
  const value = pair === null ? undefined : valueOf(pair[2] ?? '');
  if (pair !== null && value !== undefined) values.set(table + keyOf(pair[1] ?? ''), value);
}

/** `profiles."my one".key` without its quotes. */
function keyOf(text: string): string {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)]
    .map((each) => each[1] ?? each[2] ?? each[3] ?? '')
    .join('.');
}

function valueOf(text: string): string | undefined {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (quoted !== null) return unescape(quoted[1] ?? '');
  const literal = /^'([^']*)'/.exec(text);
  if (literal !== null) return literal[1] ?? '';
  const bare = text.replace(/\s+#.*$/, '').trim();
  return bare === '' ? undefined : bare;
}

function unescape(text: string): string {
  const known: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
  return text.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/g, (_, code: string) =>
    code.length > 1 ? String.fromCodePoint(Number.parseInt(code.slice(1), 16)) : (known[code] ?? code),
  );
}
