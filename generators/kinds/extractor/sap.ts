import { fail } from '../../../src/errors/failure.ts';
import type { StageItem } from '../../../src/generate/define-stage.ts';
import { defineKind } from '../../../src/generate/define-stage.ts';
import type { KindOption } from '../../../src/generate/kind-options.ts';
import { namedChoice } from '../../../src/generate/kind-options.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';
import type { Refusal } from '../../../src/generate/answers/checked.ts';
import { refuse } from '../../../src/generate/answers/checked.ts';
import { batchModules, batchModulesInTypescript, batchOption, batchRowsOf } from '../../batches.ts';
import { contractModulesInTypescript, contractOf, contractOption } from '../../contract.ts';
import { checkCursor, cursorModules, cursorModulesInTypescript, cursorOf, cursorOptions } from '../../cursor.ts';
import { authFields, authOption, httpRequirements, secretVariables } from '../../http-access.ts';

const form = (pattern: RegExp, en: string, es: string) => (text: string): Refusal | undefined => (pattern.test(text) ? undefined : refuse(en, es));

const isDelta = ({ options }: StageItem): boolean => options['read'] === 'delta';

/** A service that tracks changes says itself what has changed, and its copy is in memory when it is brought up to date. */
function checkDelta(item: StageItem): void {
  if (!isDelta(item)) return;
  const { cursor = '', batch_rows = '' } = item.options;
  if (cursor !== '') fail('E_ANSWER_REFUSED', { flag: '--cursor', value: cursor, reason: { en: 'With --read delta the service says what has changed.', es: 'Con --read delta, lo que ha cambiado lo dice el servicio.' } });
  const reason = { en: 'With --read delta the whole copy is in memory while it is brought up to date.', es: 'Con --read delta, la copia entera está en memoria mientras se pone al día.' };
  if (batch_rows !== '') fail('E_ANSWER_REFUSED', { flag: '--batch-rows', value: batch_rows, reason });
}

const ownOptions: readonly KindOption[] = [
  {
    key: 'read',
    label: { en: 'Read', es: 'Lectura' },
    help: { en: 'What is asked for in each run.', es: 'Qué se pide en cada ejecución.' },
    choices: [
      namedChoice('days', 'what belongs to its days', 'lo que corresponde a sus días'),
      namedChoice('delta', 'what has changed since the last one, into a copy', 'lo que ha cambiado desde la última, sobre una copia'),
    ],
  },
  {
    key: 'client',
    label: { en: 'Client', es: 'Mandante' },
    help: { en: 'The client of a new SAP system: 100', es: 'El mandante de un sistema SAP nuevo: 100' },
    placeholder: '100',
    check: form(/^[0-9]{3}$/, 'It is not three digits.', 'No son tres cifras.'),
  },
  {
    key: 'language',
    label: { en: 'Language', es: 'Idioma' },
    help: { en: 'The language of its texts: EN', es: 'El idioma de sus textos: ES' },
    placeholder: 'EN',
    check: form(/^[A-Z]{2}$/, 'It is not two capitals, such as EN.', 'No son dos mayúsculas, como ES.'),
  },
];

const address = (): string => 'https://host/sap/opu/odata/sap/SERVICE';

export const kind = defineKind({
  rank: 4,
  label: { en: 'sap: entities of SAP, by OData V2 or V4', es: 'sap: entidades de SAP, por OData V2 o V4' },
  source: 'sap',
  options: [authOption, contractOption, ...cursorOptions, batchOption, ...ownOptions],
  fields: (item, view) => {
    checkCursor(item, view);
    checkDelta(item);
    return [];
  },
  sourceFields: (item) => [
    ...authFields(item),
    ...(item.options['client'] ? [{ key: 'client', value: item.options['client'], quoted: true } as const] : []),
    ...(item.options['language'] ? [{ key: 'language', value: item.options['language'] }] : []),
  ],
  data: (item) => ({ contract: contractOf(item), ...cursorOf(item), batchRows: batchRowsOf(item), isDelta: isDelta(item), role: 'other', clean: `clean_${item.name}`, hasSecrets: secretVariables(item).length > 0, secrets: secretVariables(item).map(({ name }) => name) }),
  files: ({ name }) => [
    { template: 'stage/extractor/sap/extractor.py', path: `src/core/extractors/${name}.py`, owner: 'seed' },
    { template: 'stage/extractor/sap/test_extractor.py', path: `tests/unit/test_${name}.py`, owner: 'seed' },
  ],
  typescript: {
    files: ({ name }) => typescriptPair('extractor/sap', 'extractor', `src/core/extractors/${name}.ts`, name),
    options: [authOption, contractOption, ...cursorOptions, batchOption, ...ownOptions],
    modules: (item) => [
      ...contractModulesInTypescript,
      ...['api-auth', 'http-client', 'json', 'odata', 'sap', ...(isDelta(item) ? ['sap-delta'] : [])].map((name) => `src/core/${name}.ts`),
      ...batchModulesInTypescript(item),
      ...cursorModulesInTypescript(item),
    ],
    requirements: () => ['@xmldom/xmldom@^0.9.12'],
    address,
    variables: secretVariables,
  },
  modules: (item) => [...(isDelta(item) ? ['src/core/sap_delta.py'] : []), ...batchModules('sap', item), ...cursorModules(item)],
  requirements: () => httpRequirements,
  address,
  variables: secretVariables,
});
