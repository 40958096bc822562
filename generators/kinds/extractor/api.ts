import { defineKind } from '../../../src/generate/define-stage.ts';
import type { KindOption } from '../../../src/generate/kind-options.ts';
import { namedChoice } from '../../../src/generate/kind-options.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';
import { batchModules, batchModulesInTypescript, batchOption, batchRowsOf } from '../../batches.ts';
import { contractModulesInTypescript, contractOf, contractOption } from '../../contract.ts';
import { checkCursor, cursorModules, cursorModulesInTypescript, cursorOf, cursorOptions } from '../../cursor.ts';
import { authFields, authOption, httpRequirements, secretVariables } from '../../http-access.ts';

/** The class of a paginator: `json_link` is JsonLink. */
const classOf = (paginator: string): string => paginator.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const paginatorOption: KindOption = {
  key: 'paginator',
  label: { en: 'Paginator', es: 'Paginador' },
  help: { en: 'How the API hands out its pages, in the words of dlt.', es: 'Cómo reparte la API sus páginas, con los nombres de dlt.' },
  choices: [
    namedChoice('json_link', 'the answer has the next address', 'la respuesta trae la dirección siguiente'),
    namedChoice('header_link', 'a header has the next address', 'una cabecera trae la dirección siguiente'),
    namedChoice('cursor', 'the answer has a cursor', 'la respuesta trae un cursor'),
    namedChoice('header_cursor', 'a header has a cursor', 'una cabecera trae un cursor'),
    namedChoice('offset', 'a limit and an offset', 'un límite y un desplazamiento'),
    namedChoice('page_number', 'pages have numbers', 'las páginas tienen número'),
    namedChoice('single_page', 'one answer', 'una sola respuesta'),
  ],
};

export const kind = defineKind({
  rank: 3,
  label: { en: 'api: pages of an HTTP API', es: 'api: páginas de una API HTTP' },
  source: 'api',
  options: [authOption, contractOption, ...cursorOptions, batchOption, paginatorOption],
  fields: (item, view) => {
    checkCursor(item, view);
    return [];
  },
  sourceFields: authFields,
  data: (item) => ({
    role: 'other',
    clean: `clean_${item.name}`,
    contract: contractOf(item),
    ...cursorOf(item),
    batchRows: batchRowsOf(item),
    paginator: classOf(item.options['paginator'] ?? ''),
    hasSecrets: secretVariables(item).length > 0,
    secrets: secretVariables(item).map(({ name }) => name),
  }),
  files: ({ name }) => [
    { template: 'stage/extractor/api/extractor.py', path: `src/core/extractors/${name}.py`, owner: 'seed' },
    { template: 'stage/extractor/api/test_extractor.py', path: `tests/unit/test_${name}.py`, owner: 'seed' },
  ],
  typescript: {
    files: ({ name }) => typescriptPair('extractor/api', 'extractor', `src/core/extractors/${name}.ts`, name),
    options: [authOption, contractOption, ...cursorOptions, batchOption, paginatorOption],
    modules: (item) => [...contractModulesInTypescript, ...['api', 'api-auth', 'http-client', 'json', 'paginators'].map((name) => `src/core/${name}.ts`), ...batchModulesInTypescript(item), ...cursorModulesInTypescript(item)],
    variables: secretVariables,
  },
  modules: (item) => [...batchModules('api', item), ...cursorModules(item)],
  requirements: () => httpRequirements,
  variables: secretVariables,
});
