import type { Problem } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import type { Tree } from '../plan/tree.ts';

/** What stands where a new repository is to go. */
export type Site =
  | { readonly state: 'absent' | 'empty' }
  /** A fresh clone: nothing but `.git`. */
  | { readonly state: 'git-only' };

/** Puts a whole new folder in its place, or nothing at all. */
export interface Disk {
  /**
   * Looks at a folder without changing anything, except that (when it may tidy) it removes what a killed run left beside it.
   * @throws Failure when a repository cannot go there: not empty, not writable, a file, a symbolic link
   */
  survey(folder: string, options: { readonly tidy: boolean }): Promise<Site>;
  /**
   * Writes the tree beside the folder, lets `prepare` work on it there, and moves it into place in one step.
   * @throws Failure E_DISK_FULL, E_DISK; then nothing is left behind
   */
  writeFolder(folder: string, tree: Tree, prepare?: (staged: string) => Promise<void>): Promise<void>;
  /** Takes a folder of this run back, unless somebody has changed it since. Says whether it is gone. */
  withdrawFolder(folder: string, tree: Tree): Promise<boolean>;
}

/** How the first commit went. */
export type GitOutcome =
  | { readonly done: true; readonly identity: 'own' | 'fallback' }
  | { readonly done: false; readonly reason: 'missing' | 'inside' | 'failed'; readonly detail?: string };

export interface Git {
  /** Whose name git would put on a commit: `Ana Pérez <ana@example.com>`, its address, or nothing. */
  owner(): Promise<string | undefined>;
  /**
   * Makes a repository of a folder with everything in it as the first commit. Runs no hook.
   * @param home where the folder is going to stand: inside another repository none is made
   */
  firstCommit(folder: string, home: string, message: string): Promise<GitOutcome>;
}

/** How installing went. `command` is what a person types, from inside the repository, to do it (again). */
export type InstallOutcome =
  | { readonly done: true; readonly tool: string; readonly command: string }
  | { readonly done: false; readonly problems: readonly Problem[]; readonly command: string };

export interface PythonEnvironment {
  /** Makes `.venv` in the repository and installs it with its development tools. Never throws for what a person can mend. */
  install(
    repository: string,
    options: { readonly signal: AbortSignal; readonly progress: Progress },
  ): Promise<InstallOutcome>;
}

/** The packages of a TypeScript repository. */
export interface NodePackages {
  /** Installs what package.json asks for. Never throws for what a person can mend. */
  install: PythonEnvironment['install'];
}

/** A long step that is under way. */
export interface Progress {
  /** What is being done right now, in a few words: shown beside the step's name. */
  detail(text: string): void;
}

/** Where people read what happens. Results go to stdout, everything else to stderr. */
export interface Reporter {
  /** Prints a result on stdout. */
  result(text: string): void;
  /** Prints a line on stderr. */
  note(text: string): void;
  warn(text: string): void;
  /**
   * Runs a long step and shows what and how long: a live line on a terminal, plain lines in a pipe.
   * @param went whether the value that came out is a success; without it every value is
   */
  step<Value>(
    name: string,
    work: (progress: Progress) => Promise<Value>,
    went?: (value: Value) => boolean,
  ): Promise<Value>;
}

export interface TextQuestion {
  readonly label: string;
  readonly help: string;
  /** What Enter alone answers. */
  readonly initial: string;
  /** Says what is wrong with what was typed, or nothing. */
  readonly check: (text: string) => string | undefined;
  readonly back: boolean;
}

export interface SelectQuestion {
  readonly label: string;
  readonly help: string;
  readonly initial?: string;
  readonly choices: readonly { readonly value: string; readonly label: string; readonly hint?: string }[];
  readonly back: boolean;
}

/** What a person does with a question. */
export type Reply = { readonly kind: 'answer'; readonly value: string } | { readonly kind: 'back' };

/** Asks questions on a terminal. Ctrl-C and Esc throw `Cancelled` (src/errors/cancelled.ts). */
export interface Prompter {
  show(title: string, lines: readonly string[]): void;
  text(question: TextQuestion): Promise<Reply>;
  select(question: SelectQuestion): Promise<Reply>;
}

export interface Clock {
  /** The date here and now, as YYYY-MM-DD. */
  today(): string;
}

/** What the surroundings say. */
export interface Environment {
  /** The IANA time zone of this machine. */
  readonly timezone: string;
  readonly platform: string;
  readonly cwd: string;
  /** The absolute form of a folder as it was typed. */
  place(folder: string): string;
  /** SHA-256 of a text's UTF-8, as 64 hexadecimal digits. */
  readonly hash: (text: string) => string;
}

/** What was found where Python was looked for. */
export interface PythonSeen {
  readonly version?: string;
  readonly path?: string;
  /** The module without which it cannot make environments. */
  readonly missingModule?: string;
  readonly problem?: Problem;
}

/** An address that packages or flows come from, and what keeps it from answering. */
export interface AddressSeen {
  readonly address?: string;
  readonly problem?: Problem;
}

/** Looks at each layer between a person and a running KPI. Nothing is changed, and no probe throws for what it finds. */
export interface DoctorProbes {
  node(): Promise<{ readonly version: string }>;
  python(): Promise<PythonSeen>;
  uv(): Promise<{ readonly version?: string }>;
  /** The index that pip and uv are set to. */
  packageIndex(): Promise<AddressSeen>;
  /** The registry that npm is set to. */
  npmRegistry(): Promise<AddressSeen>;
  /** Files of authorities that the environment names. */
  certificates(): Promise<readonly { readonly variable: string; readonly file: string; readonly readable: boolean }[]>;
  proxies(): Promise<{
    readonly sparesLoopback: boolean;
    readonly found: readonly (AddressSeen & { readonly variable: string })[];
  }>;
  git(): Promise<{ readonly version?: string }>;
  /** Prefect in the repository's environment. */
  prefect(): Promise<{ readonly version?: string; readonly problem?: Problem }>;
  /** The API that flows report to, when one is set. */
  prefectApi(): Promise<AddressSeen>;
  /** The port that `prefect server start` takes. */
  port(): Promise<{ readonly port: number; readonly takenBy?: 'prefect' | 'other' }>;
  disk(): Promise<{ readonly folder: string; readonly freeBytes: number; readonly writable: boolean }>;
}

/** A run that changed a repository, as its history keeps it. */
export interface RunEntry {
  readonly number: number;
  /** What was asked for, as a person would type it. */
  readonly command: string;
  /** When it was applied, as an ISO date and time. */
  readonly at: string;
  /** The number of the run that it takes back. */
  readonly undoes?: number;
  readonly paths: readonly string[];
}

/** A repository that this run alone may change. */
export interface OpenRepository {
  readonly root: string;
  /**
   * The text of a file with its line ends and byte order mark; nothing when there is none.
   * @throws Failure E_FILE_ENCODING, E_FILE_LINK
   */
  read(path: string): string | undefined;
  /** The names of what lies in a folder; none when there is no such folder. */
  list(folder: string): readonly string[];
  /** The paths of the files that people may have written, without environments and caches. */
  written(): readonly string[];
  /**
   * Does all of it or nothing: what is cut in the middle is finished by the next run. Gives the run's number.
   * @throws Failure when a file changed meanwhile, is read-only or a link; E_DISK_FULL, E_DISK
   */
  apply(ops: readonly FileOp[], run: { readonly command: string; readonly undoes?: number }): number;
  /** The runs so far, oldest first. */
  history(): readonly RunEntry[];
  /** What a run did, to take it back. */
  opsOf(number: number): readonly FileOp[];
  /** Lets the next run in. */
  close(): void;
}

/** Finds and opens repositories. */
export interface Repositories {
  /** The repository that a folder lies in. */
  find(from: string): string | undefined;
  /**
   * Waits for another run, finishes one that was cut, and keeps others out until it is closed.
   * @throws Failure E_RUN_ACTIVE
   */
  open(root: string, command: string): Promise<OpenRepository>;
}
