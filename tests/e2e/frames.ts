/** The library that the repositories of these tests work with. Their cases are the same for each, and written in polars. */
export const frames = process.env['KPI_FLOW_FRAMES'] ?? 'polars';

/** What a repository of that library declares for it, and what the tests need beside that. */
export const framePackages: readonly string[] = ['polars>=2.0', ...(frames === 'pandas' ? ['pandas>=3.0', 'pyarrow>=21', 'pandas-stubs>=3.0', 'pyarrow-stubs>=20.0.0.20251209'] : [])];
