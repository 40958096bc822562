import type { ProjectInput, TimeGrain } from '../project-input.ts';
import { checkColumn } from '../../config/names.ts';
import type { Checked } from './checked.ts';
import { asList, asText, refuse } from './checked.ts';

export const timeGrains: readonly TimeGrain[] = ['hour', 'day', 'week', 'month', 'quarter', 'year'];
const mostDimensions = 6;

/** `day` or `day,region,channel`: a time grain, then the columns that each value is told apart by. */
export function readGrain(raw: unknown): Checked<ProjectInput['grain']> {
  const [time = '', ...dimensions] = asList(raw) ?? [];
  if (!isTimeGrain(time)) {
    return refuse(
      `The grain begins with one of: ${timeGrains.join(', ')}.`,
      `El grano empieza por uno de estos: ${timeGrains.join(', ')}.`,
      ['day', ...(time === '' ? [] : [time]), ...dimensions].join(','),
    );
  }
  return readDimensions(time, dimensions);
}

function readDimensions(time: TimeGrain, dimensions: string[]): Checked<ProjectInput['grain']> {
  for (const column of dimensions) {
    const refusal = checkColumn(column);
    if (refusal !== undefined) return { ...refusal, ...joined(time, dimensions, column, refusal.suggestion) };
  }
  if (new Set([time, ...dimensions]).size <= dimensions.length) {
    return refuse('A column stands there twice.', 'Hay una columna repetida.', [...new Set([time, ...dimensions])].join(','));
  }
  if (dimensions.length > mostDimensions) {
    return refuse(`At most ${mostDimensions} columns.`, `Como mucho ${mostDimensions} columnas.`);
  }
  return { value: { time, dimensions } };
}

function joined(time: string, dimensions: string[], column: string, suggestion?: string) {
  if (suggestion === undefined) return {};
  return { suggestion: [time, ...dimensions.map((each) => (each === column ? suggestion : each))].join(',') };
}

function isTimeGrain(text: string): text is TimeGrain {
  return (timeGrains as readonly string[]).includes(text);
}

/** The grain as one text, whichever way it was given. */
export function showGrain(raw: unknown): string {
  return Array.isArray(raw) ? raw.join(',') : (asText(raw) ?? '');
}
