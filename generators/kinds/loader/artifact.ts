import { defineKind } from '../../../src/generate/define-stage.ts';
import type { KindOption } from '../../../src/generate/kind-options.ts';

const formOption: KindOption = {
  key: 'form',
  label: { en: 'Form', es: 'Forma' },
  help: { en: 'What people see in Prefect.', es: 'Lo que se ve en Prefect.' },
  choices: [
    { value: 'table', label: { en: 'table: rows', es: 'table: filas' } },
    { value: 'markdown', label: { en: 'markdown: a page', es: 'markdown: una página' } },
    { value: 'link', label: { en: 'link: to where the rows are', es: 'link: adonde están las filas' } },
  ],
};

export const kind = defineKind({
  rank: 3,
  label: { en: 'artifact: shown in Prefect', es: 'artifact: a la vista en Prefect' },
  inputs: { least: 1, most: 1, of: 'any' },
  // Only prefect_flows may import Prefect.
  publishes: true,
  options: [formOption],
  typescript: {
    options: [formOption],
    files: ({ name, options }) => [
      { template: `stage/loader/artifact/${options['form'] ?? 'table'}/artifact.ts`, path: `prefect_flows/artifacts/${name}.ts`, owner: 'seed' },
      { template: 'stage/loader/artifact/artifact.test.ts', path: `tests/flows/${name}.test.ts`, owner: 'seed' },
    ],
  },
  data: ({ options }) => ({ form: options['form'] }),
  files: ({ name, options }) => [
    { template: `stage/loader/artifact/${options['form'] ?? 'table'}/artifact.py`, path: `prefect_flows/artifacts/${name}.py`, owner: 'seed' },
    { template: 'stage/loader/artifact/test_artifact.py', path: `tests/flows/test_${name}.py`, owner: 'seed' },
  ],
});
