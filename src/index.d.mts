/** An answer as a flag carries it, or as a plain value. */
export type Answer = string | number | boolean | null | readonly string[];

/** The questions of `create`, by the names that they have in an answers file. What is left out takes its default. */
export interface ProjectAnswers {
  /** The folder to make. */
  readonly dir?: Answer;
  readonly name?: Answer;
  readonly id?: Answer;
  /** One of dbt's metric types: `simple`, `ratio`, `cumulative`, `derived`, `conversion`. */
  readonly type?: Answer;
  readonly inputs?: Answer;
  /** A period and the columns: `day,region` or `['day', 'region']`. */
  readonly grain?: Answer;
  readonly description?: Answer;
  readonly owner?: Answer;
  readonly unit?: Answer;
  readonly direction?: Answer;
  readonly target?: Answer;
  readonly warning?: Answer;
  readonly locale?: Answer;
  readonly language?: Answer;
  readonly source?: Answer;
  readonly destination?: Answer;
  readonly database?: Answer;
  readonly store?: Answer;
  readonly schedule?: Answer;
  readonly timezone?: Answer;
  readonly frames?: Answer;
  readonly task_runner?: Answer;
  readonly pool?: Answer;
  readonly plop?: Answer;
  readonly git?: Answer;
  readonly install?: Answer;
}

/** The text of one file of a repository. */
export interface PlannedFile {
  /** Relative to the repository, with `/` on every system. */
  readonly path: string;
  /** Who owns it decides what a later job may do to it. */
  readonly owner: 'generated' | 'edited' | 'merged' | 'seed';
  readonly text: string;
}

export interface PlanOptions {
  /** YYYY-MM-DD; stands in the dated decision record. Today unless it is given. */
  readonly today?: string;
  /** The language of the texts, unless an answer says it. English unless it is given. */
  readonly locale?: 'en' | 'es';
}

export interface CreateOptions extends PlanOptions {
  /** What the folder is relative to. The working directory unless it is given. */
  readonly cwd?: string;
  /** Stops the run; what was begun is taken back. */
  readonly signal?: AbortSignal;
  /** Hears what happens, a line at a time. */
  readonly onNote?: (line: string) => void;
}

export interface CreatedProject {
  /** The absolute path of the repository. */
  readonly folder: string;
  readonly files: readonly PlannedFile[];
  /** Whether git holds it as a first commit. */
  readonly committed: boolean;
  /** Whether its Python environment is made. */
  readonly installed: boolean;
  /** The command that makes the same repository again. */
  readonly again: string;
}

/** What a generator asks, and what its kinds ask besides: its page in the reference says which of these. */
export interface StageAnswers {
  readonly name?: string;
  /** Of a decision record. */
  readonly title?: string;
  /** `sql`, `datalake`, `cleaning`, `calculation`, `aggregation`: what the generator offers. */
  readonly kind?: string;
  /** A source of config.yaml, or a new name. */
  readonly source?: string;
  /** The stages, or variables of the flow, whose data it takes. */
  readonly inputs?: string | readonly string[];
  /** The flow that is to load, or to be deployed. */
  readonly flow?: string;
  /** Which database a source of kind sql is: `postgresql`, `mariadb` … */
  readonly database?: string;
  /** Rows of a batch for what does not fit in memory; without it all is read at once. */
  readonly batch_rows?: string;
  /** What happens to data that its schema does not foresee, in dlt's words. */
  readonly contract?: string;
  /** The column that says what belongs to a window. */
  readonly cursor?: string;
  /** The first day that is ever read: YYYY-MM-DD. */
  readonly initial?: string;
  /** How many days a run goes back for records that arrive late. */
  readonly lag?: string;
  /** Where a new lake lies: `folder`, `s3`, `azure`, `gcs`. */
  readonly store?: string;
  /** The form of the files of a lake. */
  readonly format?: string;
  /** How a new source lets in: `bearer`, `api_key` … */
  readonly auth?: string;
  /** How an API hands out its pages, in dlt's words. */
  readonly paginator?: string;
  /** What an extractor of SAP asks for in each run: `days`, `delta`. */
  readonly read?: string;
  /** The client of a new SAP system: `100`. */
  readonly client?: string;
  /** The language of a new SAP system: `EN`. */
  readonly language?: string;
  /** What the result of a transformer has to hold: `not_null(a), unique(a, b)`. */
  readonly checks?: string;
  /** What happens when a check fails: `stop`, `warn`, `quarantine`. */
  readonly on_failure?: string;
  /** What becomes of the rows that are in a table: `merge`, `append`, `replace`, `replace_partitions`. */
  readonly write_disposition?: string;
  /** How rows are merged: `delete-insert`, `upsert`, `insert-only`, `scd2`. */
  readonly merge_strategy?: string;
  /** Whether rows are looked at in a table beside before they count: `direct`, `audit`. */
  readonly publish?: string;
  /** The columns that a loader knows rows by: `a,b`. */
  readonly keys?: string;
  /** What people see in Prefect: `table`, `markdown`, `link`. */
  readonly form?: string;
  /** A cron line, or `none`. */
  readonly schedule?: string;
  /** What runs the tasks that a flow submits: `threads`, `processes`, `dask`, `ray`. */
  readonly task_runner?: string;
  readonly timezone?: string;
  readonly pool?: string;
  /** What a deployment starts: `process`, `docker`, `kubernetes`. */
  readonly work_pool_type?: string;
  /** With its tag, for `docker` and `kubernetes`. */
  readonly image?: string;
  /** Where a process clones the code from. */
  readonly git?: string;
  /** `start=2026-01-01,end=2026-02-01` */
  readonly parameters?: string;
  /** Where a notification is told: `webhook`, `slack`, `teams`, `email`. */
  readonly channel?: string;
  /** The block of Prefect that sends. */
  readonly block?: string;
}

export interface GrowthOptions {
  /** A folder in the repository. The working directory unless it is given. */
  readonly cwd?: string;
  /** Plans and writes nothing. */
  readonly dryRun?: boolean;
  /** Writes generated files anew although somebody edited them. */
  readonly force?: boolean;
}

/** What was changed, or would be. */
export interface AppliedPlan {
  readonly folder: string;
  readonly dryRun: boolean;
  readonly changes: readonly { readonly kind: 'create' | 'modify' | 'delete'; readonly path: string; readonly owner: PlannedFile['owner'] }[];
  /** What a person should know: stages that wait or are joined, lines to paste, variables to set. */
  readonly remarks: readonly { readonly kind: string }[];
  /** All of it as a unified diff. */
  readonly diff: string;
}

/** One thing that is wrong: a code that never changes, and what its text needs. */
export interface Problem {
  readonly code: string;
  readonly args: object;
  readonly where?: { readonly file: string; readonly line?: number; readonly column?: number };
}

/** What every function here throws when something cannot be: `error instanceof Failure`. */
export interface Failure extends Error {
  readonly problems: readonly Problem[];
  /** 1: something to act on; 2: a mistake; 3: the environment; 70: a bug of ours. */
  readonly exitCode: 1 | 2 | 3 | 70;
}
export const Failure: abstract new (problems: never) => Failure;

/** The version of this package. */
export const version: string;

/**
 * The text of every file that `create` would make from these answers. Touches nothing.
 * @throws Failure with every problem of the answers
 */
export function planProject(answers: ProjectAnswers, options?: PlanOptions): PlannedFile[];

/**
 * Makes a KPI repository, as `create-kpi-flow --yes` does. A repository stands there whole, or nothing does.
 * @throws Failure for what cannot be
 */
export function createProject(answers: ProjectAnswers, options?: CreateOptions): Promise<CreatedProject>;

/**
 * Adds to a repository, as `kpi-flow add` does: all of it, or nothing.
 * @param generator `extractor`, `transformer`, `loader`, `pipeline`, `deployment`, `notification` or `adr`
 * @throws Failure for what cannot be
 */
export function add(generator: string, answers: StageAnswers, options?: GrowthOptions): Promise<AppliedPlan>;

/**
 * Brings a repository to what its config.yaml says, as `kpi-flow sync` does.
 * @throws Failure for what cannot be
 */
export function sync(options?: GrowthOptions): Promise<AppliedPlan>;

export interface RenameOptions extends GrowthOptions {
  /** Changes certain references in files that somebody edited, too; without it they stop the renaming. */
  readonly editReferences?: boolean;
}

/**
 * Gives a stage another name, with its files, task, config and references, as `kpi-flow rename` does.
 * @throws Failure for what cannot be
 */
export function rename(stage: string, next: string, options?: RenameOptions): Promise<AppliedPlan>;
