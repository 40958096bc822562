import type { Delivery, Version } from './odata-wire.ts';
import { typeOf } from './odata-wire.ts';

/** A refusal in the words of SAP. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly form: 'json' | 'xml' | 'html';

  constructor(status: number, code: string, message: string, form: Refused['form'] = 'json') {
    super(message);
    this.status = status;
    this.code = code;
    this.form = form;
  }
}

/** How a moment is written in a filter, by version and type: anything else is refused, as SAP does. */
const literals: Readonly<Record<string, RegExp>> = {
  '2 Edm.DateTime': /^datetime'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)'$/,
  '2 Edm.DateTimeOffset': /^datetimeoffset'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)'$/,
  '2 Edm.String': /^'([^']*)'$/,
  '4 Edm.Date': /^(\d{4}-\d\d-\d\d)$/,
  '4 Edm.DateTimeOffset': /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/,
  '4 Edm.String': /^'([^']*)'$/,
};

/** Reads `A ge x and A lt y`. */
export function readFilter(text: string | null, version: Version): (record: Delivery) => boolean {
  if (text === null) return () => true;
  const parts = text.split(' and ').map((part) => {
    const [, name = '', operator = '', value = ''] = /^(\w+) (ge|lt) (\S+)$/.exec(part) ?? [];
    const type = typeOf(name, version);
    if (type === undefined) throw new Refused(400, '005056A509B11EE1B9A8FEC11C21578E', `Property ${name} not found in type Delivery`);
    const bound = literals[`${version} ${type}`]?.exec(value)?.[1];
    if (bound === undefined) throw new Refused(400, '/IWCOR/CX_DS_EXPR_SYNTAX_ERROR', `Invalid parametertype used at function '${operator}'`);
    return { name: name as keyof Delivery, isLeast: operator === 'ge', bound: keyOf(bound, type) };
  });
  return (record) => parts.every(({ name, isLeast, bound }) => (keyOf(String(record[name]), typeOf(name, version)) >= bound) === isLeast);
}

/** What two moments are compared by; a day of SAP's is a text already. */
function keyOf(value: string, type: string | undefined): number {
  if (type === 'Edm.String') return Number(value);
  return Date.parse(/[Z+]|T.*-/.test(value) || !value.includes('T') ? value : `${value}Z`);
}
