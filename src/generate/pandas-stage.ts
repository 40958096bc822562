/** What the templates have for polars only, by generator. */
const lacking: Readonly<Record<string, readonly string[]>> = { extractor: ['datalake', 'api', 'sap'], loader: ['datalake', 'api'] };

/** Whether a kind of stage cannot be in a repository of pandas yet. */
export function withoutPandas(generator: string, kind: string): boolean {
  return lacking[generator]?.includes(kind) === true;
}
