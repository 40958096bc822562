/** What a stage is to the docs: where it stands in the flow, and what it is made of. */
export interface StageRow {
  readonly name: string;
  readonly part: 'extract' | 'transform' | 'load';
  /** The kind of its source, of the transformer, or `artifact`. */
  readonly kind: string;
  /** The source that it reads from or writes to; empty when it has none. */
  readonly source: string;
  /** The stages, or variables of the flow, whose data it takes. */
  readonly inputs: readonly string[];
  readonly file: string;
}

/** A stage as the table of the docs shows it. */
export interface StageRowView extends StageRow {
  readonly hasInputs: boolean;
  readonly hasSource: boolean;
  /** Nothing that is known takes its data on to a loader. */
  readonly waits: boolean;
}

/** The picture of a flow: named places where data comes from and goes to, its stages by part, and what joins them. */
export interface GraphView {
  readonly rows: readonly StageRowView[];
  readonly extracts: readonly StageRowView[];
  readonly transforms: readonly StageRowView[];
  readonly loads: readonly StageRowView[];
  readonly origins: readonly string[];
  readonly destinations: readonly string[];
  readonly publishes: boolean;
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly waiting: readonly string[];
}

/**
 * Lays the stages of a repository out as a table and a picture. It knows what config.yaml and the lock say and
 * reads no code: what somebody joined by hand has no edge here.
 */
export function viewGraph(stages: readonly StageRow[]): GraphView {
  const names = new Set(stages.map(({ name }) => name));
  const edges = stages.flatMap(({ name, inputs }) => inputs.filter((each) => names.has(each)).map((input) => ({ from: input, to: name })));
  const reaching = reachLoaders(stages, edges);
  const rows = stages.map((stage) => ({ ...stage, hasInputs: stage.inputs.length > 0, hasSource: stage.source !== '', waits: !reaching.has(stage.name) }));
  const inPart = (part: StageRow['part']) => rows.filter((row) => row.part === part);
  const [extracts, transforms, loads] = [inPart('extract'), inPart('transform'), inPart('load')];
  const stores = loads.filter(({ hasSource }) => hasSource);
  const publishers = loads.filter(({ hasSource }) => !hasSource);
  return {
    rows,
    extracts,
    transforms,
    loads,
    origins: namesOf(extracts.filter(({ hasSource }) => hasSource)),
    destinations: namesOf(stores),
    publishes: publishers.length > 0,
    edges: [
      ...extracts.filter(({ hasSource }) => hasSource).map(({ name, source }) => ({ from: `from_${source}`, to: `s_${name}` })),
      ...edges.map(({ from, to }) => ({ from: `s_${from}`, to: `s_${to}` })),
      ...stores.map(({ name, source }) => ({ from: `s_${name}`, to: `to_${source}` })),
      ...publishers.map(({ name }) => ({ from: `s_${name}`, to: 'page' })),
    ],
    waiting: rows.filter(({ waits }) => waits).map(({ name }) => name),
  };
}

function namesOf(rows: readonly StageRow[]): string[] {
  return [...new Set(rows.map(({ source }) => source))];
}

/** The loaders, and every stage whose data comes to one. */
function reachLoaders(stages: readonly StageRow[], edges: readonly { readonly from: string; readonly to: string }[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const { from } of edges.filter(({ to }) => to === name)) visit(from);
  };
  for (const { name, part } of stages) if (part === 'load') visit(name);
  return reached;
}

/** Names of what a KPI is made of, by which the stages that `create` writes know each other. */
export interface OwnStages {
  readonly inputs: readonly { readonly name: string; readonly clean: string }[];
  readonly calculation: string;
  readonly aggregation: string;
  readonly loader: string;
  readonly publish: string;
}

/** What a stage that `create` wrote takes, by its name; nothing for a stage of another name. */
export function usualInputs(name: string, { inputs, calculation, aggregation, loader, publish }: OwnStages): readonly string[] {
  const cleaned = inputs.find(({ clean }) => clean === name);
  if (cleaned !== undefined) return [cleaned.name];
  if (name === calculation) return inputs.map(({ clean }) => clean);
  if (name === aggregation) return [calculation];
  return name === loader || name === publish ? [aggregation] : [];
}
