/** A call as it is going to be written; a plain text is written as it is. */
export type Written = string | { readonly callee: string; readonly inputs: readonly Written[] };

const longestLine = 88;

/**
 * A statement as ruff format leaves it: on one line when it fits, else an argument a line.
 * @param lead what stands before the expression, such as `orders = `
 */
export function writeStatement(indent: string, lead: string, value: Written): string[] {
  return write(value, indent, lead, '');
}

function write(value: Written, indent: string, lead: string, tail: string): string[] {
  const flat = `${indent}${lead}${flatten(value)}${tail}`;
  if (typeof value === 'string' || [...flat].length <= longestLine) return [flat];
  return [
    `${indent}${lead}${value.callee}(`,
    ...value.inputs.flatMap((each) => write(each, `${indent}    `, '', ',')),
    `${indent})${tail}`,
  ];
}

function flatten(value: Written): string {
  return typeof value === 'string' ? value : `${value.callee}(${value.inputs.map(flatten).join(', ')})`;
}
