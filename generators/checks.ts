import type { Bilingual } from '../src/errors/bilingual.ts';
import type { Choice } from '../src/generate/define-generator.ts';
import type { KindVariable, StageItem } from '../src/generate/define-stage.ts';
import { checkModules as modules } from '../src/generate/repository-state.ts';
import type { KindOption } from '../src/generate/kind-options.ts';
import type { CheckCall } from '../src/generate/answers/checks.ts';
import { readChecks } from '../src/generate/answers/checks.ts';

const choice = (value: string, en: string, es: string): Choice => ({ value, label: { en: `${value}: ${en}`, es: `${value}: ${es}` } });

/** What any transformer may be asked to hold. */
export const checkOptions: readonly KindOption[] = [
  {
    key: 'checks',
    label: { en: 'Checks', es: 'Comprobaciones' },
    help: {
      en: 'What its result has to hold: not_null(a), unique(a, b), accepted_values(a, x, y), range(a, 0, 9), row_count(1), freshness(a, 26h).',
      es: 'Lo que cumple su resultado: not_null(a), unique(a, b), accepted_values(a, x, y), range(a, 0, 9), row_count(1), freshness(a, 26h).',
    },
    placeholder: 'check(column)',
    check: (text) => {
      const reading = readChecks(text);
      return 'reason' in reading ? reading : undefined;
    },
  },
  {
    key: 'on_failure',
    label: { en: 'When a check fails', es: 'Si falla una comprobación' },
    help: { en: 'What happens when a check fails.', es: 'Qué pasa si falla una comprobación.' },
    choices: [
      choice('stop', 'the run fails', 'la ejecución falla'),
      choice('warn', 'it goes on', 'sigue'),
      choice('quarantine', 'the rows are set aside', 'las filas se apartan'),
    ],
  },
];

const isChecked = ({ options }: StageItem): boolean => (options['checks'] ?? '') !== '';

/** The checks of a transformer as its template writes them; nothing without any. */
export function viewChecks({ options }: StageItem): object | null {
  const reading = readChecks(options['checks'] ?? '');
  if ('reason' in reading) return null;
  const onFailure = options['on_failure'] ?? 'stop';
  const names = [...new Set(['checked', ...reading.value.map(({ name }) => name)])].toSorted();
  return { calls: reading.value.map(viewCall), names, isShort: `from core.checks import ${names.join(', ')}`.length <= 88, onFailure, stops: onFailure === 'stop' };
}

/** Python names its bounds, TypeScript gives them as an object. */
function viewCall(call: CheckCall): object {
  const [plain, bounds] = [call.args.filter(({ key }) => key === ''), call.args.filter(({ key }) => key !== '')];
  return { ...call, plain, bounds, hasPlain: plain.length > 0, hasBounds: bounds.length > 0 };
}

/** What a repository needs to check anything. */
export const checkModules = (item: StageItem): string[] => (isChecked(item) ? [...modules.python] : []);

/** Where rejected rows go. */
const quarantine = (item: StageItem, comment: Bilingual): KindVariable[] => (isChecked(item) && item.options['on_failure'] === 'quarantine' ? [{ name: 'QUARANTINE_URI', comment }] : []);

export const checkVariables = (item: StageItem): KindVariable[] =>
  quarantine(item, { en: 'folder or bucket of rejected rows; .data/quarantine without it', es: 'carpeta o bucket de las filas rechazadas; si falta, .data/quarantine' });

/** The same in TypeScript, which keeps them in folders. */
export const checksInTypescript = {
  options: checkOptions,
  modules: (item: StageItem): string[] => (isChecked(item) ? [...modules.typescript] : []),
  variables: (item: StageItem): KindVariable[] => quarantine(item, { en: 'folder of rejected rows; .data/quarantine without it', es: 'carpeta de las filas rechazadas; si falta, .data/quarantine' }),
};
