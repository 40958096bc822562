import { checkEntryName } from '../src/config/names.ts';
import { fail } from '../src/errors/failure.ts';
import type { Refusal } from '../src/generate/answers/checked.ts';
import { refuse } from '../src/generate/answers/checked.ts';
import type { StageItem } from '../src/generate/define-stage.ts';
import type { KindOption } from '../src/generate/kind-options.ts';
import type { ProjectView } from '../src/generate/project-view.ts';
import { incrementalModule } from '../src/generate/repository-state.ts';

/** The column by which records are read unless somebody says another. */
const usual = 'occurred_at';

/** Its name stands twice on a line of ruff's. */
const longestCursor = 30;

/** The column that decides what belongs to a window. */
export const cursorOption: KindOption = {
  key: 'cursor',
  label: { en: 'Cursor', es: 'Cursor' },
  help: { en: 'The column that says what belongs to a window: updated_at. Without it, occurred_at.', es: 'La columna que dice qué entra en una ventana: updated_at. Si falta, occurred_at.' },
  placeholder: 'column',
  initial: '',
  check: (text) => checkEntryName(text, longestCursor),
};

/** How an extractor reads what is new: the same words for every kind, those of dlt. */
export const cursorOptions: readonly KindOption[] = [
  cursorOption,
  {
    key: 'initial',
    label: { en: 'Initial value', es: 'Valor inicial' },
    help: { en: 'The first day that it ever reads, 2026-01-05: from then on a run without dates goes on where the last one left off.', es: 'El primer día que lee, 2026-01-05: desde ahí una ejecución sin fechas sigue donde lo dejó la última.' },
    placeholder: 'date',
    initial: '',
    check: checkDay,
  },
  {
    key: 'lag',
    label: { en: 'Lag', es: 'Margen' },
    help: { en: 'How many days a run goes back for records that arrive late; needs --initial.', es: 'Cuántos días vuelve atrás una ejecución por los registros que llegan tarde; necesita --initial.' },
    placeholder: 'days',
    initial: '',
    check: (text) => (/^(?:[1-9][0-9]{0,2}|0)$/.test(text) ? undefined : refuse('It is not a number of days, from 0 to 999.', 'No es un número de días, de 0 a 999.')),
  },
];

function checkDay(text: string): Refusal | undefined {
  const day = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  // 2026-02-30 would be taken for a day of March.
  const isDay = day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) && text >= '1900';
  return isDay ? undefined : refuse('It is not a day such as 2026-01-05.', 'No es un día como 2026-01-05.');
}

/** How an extractor reads what is new, as its template needs it. */
export interface CursorView {
  /** What its window is compared to. */
  readonly cursor: string;
  /** The same where it is none of the columns that records have anyway; else empty. */
  readonly ownCursor: string;
  /** The first day that it reads; nothing where its windows are those of the flow. */
  readonly initial: { readonly year: number; readonly month: number; readonly day: number } | null;
  readonly lag: number;
}

/** @throws Failure for a lag without an initial value */
export function cursorOf({ options }: StageItem): CursorView {
  const { initial = '', lag = '' } = options;
  const cursor = options['cursor'] || usual;
  if (initial === '' && lag !== '') {
    const reason = { en: 'Without --initial a run goes back as far as LOOKBACK in src/core/window.py says.', es: 'Sin --initial, una ejecución vuelve atrás lo que dice LOOKBACK en src/core/window.py.' };
    fail('E_ANSWER_REFUSED', { flag: '--lag', value: lag, reason });
  }
  const [year = 0, month = 0, day = 0] = initial.split('-').map(Number);
  return { cursor, ownCursor: cursor === usual ? '' : cursor, initial: initial === '' ? null : { year, month, day }, lag: Number(lag) };
}

/**
 * Refuses a cursor that is another column of the records.
 * @throws Failure E_ANSWER_REFUSED
 */
export function checkCursor({ options }: StageItem, { dimensions, kpi }: ProjectView): void {
  const cursor = options['cursor'] ?? '';
  const taken = ['record_id', kpi.type === 'conversion' ? 'entity_id' : 'amount', ...dimensions];
  const reason = { en: 'It is a column of the records that holds no moment.', es: 'Es una columna de los registros que no guarda momentos.' };
  if (taken.includes(cursor)) fail('E_ANSWER_REFUSED', { flag: '--cursor', value: cursor, reason });
}

const resumes = ({ options }: StageItem): boolean => (options['initial'] ?? '') !== '';

/** What a repository needs to go on where a run left off. */
export const cursorModules = (item: StageItem): string[] => (resumes(item) ? ['src/core/incremental.py', incrementalModule.python, 'tests/unit/test_incremental.py'] : []);

/** The same in TypeScript. */
export const cursorModulesInTypescript = (item: StageItem): string[] => (resumes(item) ? ['src/core/incremental.ts', incrementalModule.typescript, 'tests/unit/incremental.test.ts'] : []);
