import type { StageItem } from '../src/generate/define-stage.ts';
import type { KindOption } from '../src/generate/kind-options.ts';
import { namedChoice } from '../src/generate/kind-options.ts';

/** What happens to data that the schema of an extractor does not foresee: the same words for every kind. */
export const contractOption: KindOption = {
  key: 'contract',
  label: { en: 'Contract', es: 'Contrato' },
  help: { en: 'What happens to data that its schema does not foresee, in the words of dlt.', es: 'Qué pasa con los datos que su esquema no prevé, con los nombres de dlt.' },
  choices: [
    namedChoice('none', 'other columns are left out', 'las demás columnas se descartan'),
    namedChoice('evolve', 'new columns come along', 'las columnas nuevas entran'),
    namedChoice('freeze', 'any difference stops the run', 'cualquier diferencia detiene la ejecución'),
    namedChoice('discard_row', 'the row is left out', 'se descarta la fila'),
    namedChoice('discard_value', 'the value is left out', 'se descarta el valor'),
  ],
};

/** The contract of an extractor, as its template needs it: empty where there is none. */
export function contractOf({ options }: StageItem): string {
  const { contract = 'none' } = options;
  return contract === 'none' ? '' : contract;
}

/** What holds records to a schema, in TypeScript. */
export const contractModulesInTypescript: readonly string[] = ['src/core/clock.ts', 'src/core/contract.ts'];
