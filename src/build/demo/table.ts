/** Draws rows under a header, each column as wide as its widest cell; numbers stand to the right. */
export function drawTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const toTheRight = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || /^-?[\d.]+( s)?$/u.test(String(row[column]))));
  const draw = (row: readonly string[]): string =>
    row.map((cell, column) => (toTheRight[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd();
  const [top = [], ...rest] = cells;
  return [draw(top), widths.map((width) => '─'.repeat(width)).join('  '), ...rest.map((row) => draw(row))].join('\n');
}
