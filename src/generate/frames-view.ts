import type { FrameLibrary, TimeGrain } from './project-input.ts';

/** How the code of a Python repository names what its library of frames has. */
export interface FramesView {
  readonly isPandas: boolean;
  /** The type of a frame. */
  readonly frame: string;
  /** The types of its columns, as a schema lists them: Arrow's for pandas. */
  readonly types: {
    readonly text: string;
    readonly moment: string;
    readonly day: string;
    readonly number: string;
    readonly whole: string;
    /** What makes a schema of them, what a schema is, and what a type is. */
    readonly makeSchema: string;
    readonly schema: string;
    readonly type: string;
  };
}

const libraries: Readonly<Record<FrameLibrary, Omit<FramesView, 'isPandas'>>> = {
  polars: {
    frame: 'pl.DataFrame',
    types: { text: 'pl.String()', moment: 'pl.Datetime("us")', day: 'pl.Date()', number: 'pl.Float64()', whole: 'pl.Int64()', makeSchema: 'pl.Schema', schema: 'pl.Schema', type: 'pl.DataType' },
  },
  pandas: {
    frame: 'pd.DataFrame',
    types: { text: 'pa.string()', moment: 'pa.timestamp("us")', day: 'pa.date32()', number: 'pa.float64()', whole: 'pa.int64()', makeSchema: 'pa.schema', schema: 'pa.Schema', type: 'pa.DataType' },
  },
};

export function viewFrames(frames: FrameLibrary): FramesView {
  return { isPandas: frames === 'pandas', ...libraries[frames] };
}

/** What pandas calls periods: where one begins, what it is, and the argument of a step to the next. */
export interface PandasPeriods {
  readonly floor: string;
  readonly period: string;
  readonly step: string;
}

export const pandasPeriods: Readonly<Record<TimeGrain, PandasPeriods>> = {
  hour: { floor: 'h', period: 'h', step: 'hours=1' },
  day: { floor: 'D', period: 'D', step: 'days=1' },
  week: { floor: 'W', period: 'W', step: 'weeks=1' },
  month: { floor: 'MS', period: 'M', step: 'months=1' },
  quarter: { floor: 'QS', period: 'Q', step: 'months=3' },
  year: { floor: 'YS', period: 'Y', step: 'years=1' },
};
