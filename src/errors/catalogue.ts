import type { Bilingual } from './bilingual.ts';

/**
 * Every error that a person can meet, with the arguments its text needs.
 * Codes never change and are never translated: people search for them.
 */
export interface ErrorArgs {
  E_BUG: { detail: string };
  E_PATH_UNSAFE: { path: string; reason: 'absolute' | 'escape' | 'reserved' | 'characters' | 'length' };
  E_PATH_COLLISION: { path: string; other: string };
  E_TEMPLATE: { template: string; detail: string };
  /** `reason` says in words why the value cannot be. */
  E_ANSWER_REFUSED: { flag: string; value: string; reason: Bilingual; suggestion?: string };
  E_ANSWER_CHOICE: { flag: string; value: string; choices: readonly string[]; suggestion?: string };
  E_LANGUAGE_NOT_YET: { subject: string };
  E_STAGE_NAME_TAKEN: { name: string };
  E_PYTHON_MISSING: { asked: readonly string[]; storeAlias: boolean };
  E_PYTHON_OLD: { path: string; version: string };
  E_PYTHON_INCOMPLETE: { path: string; module: string };
  E_INDEX_UNREACHABLE: { index: string; reason: 'refused' | 'silent' | 'name' | 'denied' | 'broken' };
  E_INDEX_LACKS: { requirement: string; index: string };
  E_CERTIFICATE_UNKNOWN: { host: string };
  E_PROXY: { proxy: string; reason: 'refused' | 'silent' | 'credentials' | 'name' };
  E_INSTALL_FAILED: { tool: 'uv' | 'pip' | 'npm'; detail: string };
  E_INSTALL_SLOW: { tool: 'uv' | 'pip' | 'npm'; seconds: number };
  E_PREFECT_MISSING: { python: string };
  E_PREFECT_OLD: { found: string; needed: string };
  E_PREFECT_UNREACHABLE: { url: string; detail: string };
  E_PREFECT_START: { seconds: number; detail: string };
  E_PREFECT_COMMAND: { command: string; detail: string };
  E_PORT_TAKEN: { port: number };
  E_FLOW_RUN: { name: string; state: string; detail: string };
  E_DEMO_DIFFERS: { ours: string; reference: string };
  E_FOLDER_NOT_EMPTY: { folder: string; found: readonly string[] };
  E_FOLDER_IS_FILE: { folder: string };
  E_FOLDER_LINK: { folder: string };
  E_FOLDER_NOT_WRITABLE: { folder: string };
  E_DISK_FULL: { folder: string };
  E_DISK: { folder: string; detail: string };
  E_CUT_RUN_FINISHED: { folder: string };
  E_COMMAND_UNKNOWN: { command: string; known: readonly string[]; suggestion?: string };
  E_FLAG_UNKNOWN: { flag: string; command: string; known: readonly string[]; suggestion?: string };
  E_FLAG_VALUE_MISSING: { flag: string };
  E_FLAG_VALUE_UNEXPECTED: { flag: string };
  /** `most` is how many the command takes; `suggestion` is the command that was taken for a folder. */
  E_ARGUMENT_EXTRA: { argument: string; command: string; most: number; swallowed: boolean; suggestion?: string };
  /** `choices` are those of the last one missing. */
  E_ANSWERS_MISSING: { flags: readonly string[]; example: string; haveDefaults: boolean; choices?: readonly string[] };
  E_ANSWER_FIXED: { from: string; value: string; file: string; fixed: string; why?: Bilingual };
  E_OUTPUT: { detail: string };
  E_SHELL_UNKNOWN: { shell: string; choices: readonly string[]; suggestion?: string };
  E_FLAG_SWALLOWED: { flag: string };
  E_FLAG_OF_PLOP: { flag: string; example: string };
  E_ANSWERS_FILE: { file: string; reason: 'missing' | 'folder' | 'unreadable' };
  E_YAML_SIZE: { bytes: number; limit: number };
  E_YAML_ENCODING: Record<never, never>;
  E_YAML_CHARACTER: { character: string };
  E_YAML_TAB: Record<never, never>;
  E_YAML_DEPTH: { limit: number };
  E_YAML_ENTRIES: { limit: number };
  E_YAML_FEATURE: { feature: 'anchor' | 'alias' | 'tag' | 'directive' | 'documents' | 'complex-key' | 'merge' | 'surrogate' };
  E_YAML_DUPLICATE: { key: string; line: number };
  E_YAML_AMBIGUOUS: { text: string; quoted: string };
  E_YAML_NUMBER: { text: string };
  E_YAML_SYNTAX: { fault: 'escape' | 'indentation' | 'nested' | 'missing' | 'unexpected' | 'start' | 'key' | 'other' };
  /** `path` is the place in words of the file, such as `kpi.grain[1]`; empty at the top. */
  E_CONFIG_UNKNOWN_KEY: { path: string; key: string; allowed: readonly string[]; suggestion?: string };
  E_CONFIG_MISSING_KEY: { path: string; key: string };
  E_CONFIG_TYPE: { path: string; expected: ValueKind; found: ValueKind };
  E_CONFIG_CHOICE: { path: string; value: string; choices: readonly string[]; suggestion?: string };
  E_CONFIG_RANGE: { path: string; least: number; most: number };
  E_CONFIG_COUNT: { path: string; least: number; most: number };
  E_CONFIG_REPEATED: { path: string; value: string };
  E_CONFIG_VERSION: { version: string };
  E_CONFIG_TEXT: { path: string; reason: Bilingual; suggestion?: string };
  E_CONFIG_FUNCTION: { path: string };
  E_CONFIG_TIMEZONE: { path: string; value: string; suggestion?: string };
  E_CONFIG_ADDRESS: { path: string };
  E_CONFIG_REFERENCE: { path: string; fault: 'open' | 'name' | 'form' | 'nested' };
  E_CONFIG_SECRET: { path: string; kind: 'password' | 'key' | 'token' | 'private-key' };
  E_CONFIG_SOURCE: { path: string; name: string; known: readonly string[]; suggestion?: string };
  E_CONFIG_STAGE_TWICE: { name: string; path: string };
  E_CONFIG_DATABASE: { path: string; scheme: string; known: readonly string[]; reason?: Bilingual };
  E_CONFIG_WRITE: { path: string; write: string; kind: string; fitting: readonly string[] };
  E_CONFIG_STRATEGY: { path: string; write: string };
  E_CONFIG_TABLE: { path: string };
  E_CONFIG_TABLE_TWICE: { path: string; table: string; other: string };
  E_CONFIG_WARNING: { warning: number; target: number; side: 'above' | 'below' };
  E_CONFIG_COLUMN: { column: string };
  E_PROBLEMS_MORE: { count: number };
  E_LOCK_NEWER: { version: string; own: string };
  E_LOCK_LINE: { line: string };
  /** An edit has no certain place in a file that people write. `what` is what was to be put there. */
  E_EDIT_UNCERTAIN: { file: string; what: string };
  E_NOT_A_REPOSITORY: { folder: string };
  /** An option that other kinds have; `own` are the flags of this one. */
  E_OPTION_KIND: { flag: string; stage: string; kind: string; kinds: readonly string[]; own: readonly string[] };
  E_STAGE_KIND: { stage: string; kind: string; choices: readonly string[]; suggestion?: string };
  E_STAGE_EXISTS: { name: string; other: string };
  E_SOURCE_KIND: { name: string; kind: string; needed: string };
  E_INPUT_UNKNOWN: { input: string; known: readonly string[]; suggestion?: string };
  E_INPUT_COUNT: { stage: string; kind: string; least: number; most: number };
  E_LOADER_KEYS: { input: string; kind: string; form: string; use: string };
  E_GENERATED_EDITED: { paths: readonly string[] };
  E_FILE_EXISTS: { path: string };
  E_FILE_MISSING: { path: string };
  E_FLOW_UNKNOWN: { flow: string; known: readonly string[]; suggestion?: string };
  E_DEPLOYMENT_EXISTS: { name: string };
  /** `chain` begins and ends with the same stage. */
  E_INPUT_CYCLE: { chain: readonly string[] };
  E_FILE_LINK: { path: string };
  E_FILE_READ_ONLY: { path: string };
  E_FILE_ENCODING: { path: string };
  E_FILE_CHANGED: { path: string };
  E_RUN_ACTIVE: { pid: number; host: string; command: string };
  E_LOCK_MISSING: { folder: string };
  E_DRIFT: { paths: readonly string[] };
  E_NOTHING_TO_UNDO: Record<never, never>;
  E_UNDO_CHANGED: { paths: readonly string[] };
  E_VERSION_OTHER: { version: string; own: string };
  E_STAGE_UNKNOWN: { name: string; known: readonly string[]; suggestion?: string };
  E_STAGE_USED: { name: string; places: readonly string[]; takers: readonly string[] };
  E_PIPELINE_EDITED: { name: string; paths: readonly string[] };
  E_STAGE_REFERRED: { name: string; next: string; places: readonly string[] };
  E_GENERATOR_UNKNOWN: { name: string; known: readonly string[]; suggestion?: string };
  E_FILE_UNKNOWN: { path: string };
  E_ANSWERS_UNKNOWN: { key: string; allowed: readonly string[]; suggestion?: string };
  E_ANSWERS_FORM: { key: string; fault: 'shape' | 'fixed' | 'why' | 'both' | 'part' };
}

/** What a value of a file can be. */
export type ValueKind = 'text' | 'number' | 'integer' | 'boolean' | 'list' | 'map' | 'nothing';

export type ErrorCode = keyof ErrorArgs;

/** 1: something to act on; 2: the user's mistake; 3: the environment; 70: our bug. */
export type ExitCode = 1 | 2 | 3 | 70;

/** The exit code that each error leads to. */
export const exitOf: { readonly [Code in ErrorCode]: ExitCode } = {
  E_BUG: 70,
  E_PATH_UNSAFE: 2,
  E_PATH_COLLISION: 2,
  E_TEMPLATE: 70,
  E_ANSWER_REFUSED: 2,
  E_ANSWER_CHOICE: 2,
  E_LANGUAGE_NOT_YET: 2,
  E_STAGE_NAME_TAKEN: 2,
  E_PYTHON_MISSING: 3,
  E_PYTHON_OLD: 3,
  E_PYTHON_INCOMPLETE: 3,
  E_INDEX_UNREACHABLE: 3,
  E_INDEX_LACKS: 3,
  E_CERTIFICATE_UNKNOWN: 3,
  E_PROXY: 3,
  E_INSTALL_FAILED: 3,
  E_INSTALL_SLOW: 3,
  E_PREFECT_MISSING: 3,
  E_PREFECT_OLD: 3,
  E_PREFECT_UNREACHABLE: 3,
  E_PREFECT_START: 3,
  E_PREFECT_COMMAND: 3,
  E_PORT_TAKEN: 3,
  E_FOLDER_NOT_EMPTY: 2,
  E_FOLDER_IS_FILE: 2,
  E_FOLDER_LINK: 3,
  E_FOLDER_NOT_WRITABLE: 3,
  E_DISK_FULL: 3,
  E_DISK: 3,
  E_CUT_RUN_FINISHED: 1,
  E_COMMAND_UNKNOWN: 2,
  E_FLAG_UNKNOWN: 2,
  E_FLAG_VALUE_MISSING: 2,
  E_FLAG_VALUE_UNEXPECTED: 2,
  E_ARGUMENT_EXTRA: 2,
  E_ANSWERS_MISSING: 2,
  E_ANSWER_FIXED: 2,
  E_OUTPUT: 3,
  E_SHELL_UNKNOWN: 2,
  E_FLAG_SWALLOWED: 2,
  E_FLAG_OF_PLOP: 2,
  E_ANSWERS_FILE: 2,
  E_FLOW_RUN: 1,
  E_DEMO_DIFFERS: 1,
  E_YAML_SIZE: 2,
  E_YAML_ENCODING: 2,
  E_YAML_CHARACTER: 2,
  E_YAML_TAB: 2,
  E_YAML_DEPTH: 2,
  E_YAML_ENTRIES: 2,
  E_YAML_FEATURE: 2,
  E_YAML_DUPLICATE: 2,
  E_YAML_AMBIGUOUS: 2,
  E_YAML_NUMBER: 2,
  E_YAML_SYNTAX: 2,
  E_CONFIG_UNKNOWN_KEY: 2,
  E_CONFIG_MISSING_KEY: 2,
  E_CONFIG_TYPE: 2,
  E_CONFIG_CHOICE: 2,
  E_CONFIG_RANGE: 2,
  E_CONFIG_COUNT: 2,
  E_CONFIG_REPEATED: 2,
  E_CONFIG_VERSION: 2,
  E_CONFIG_TEXT: 2,
  E_CONFIG_FUNCTION: 2,
  E_CONFIG_TIMEZONE: 2,
  E_CONFIG_ADDRESS: 2,
  E_CONFIG_REFERENCE: 2,
  E_CONFIG_SECRET: 2,
  E_CONFIG_SOURCE: 2,
  E_CONFIG_STAGE_TWICE: 2,
  E_CONFIG_DATABASE: 2,
  E_CONFIG_WRITE: 2,
  E_CONFIG_STRATEGY: 2,
  E_CONFIG_TABLE: 2,
  E_CONFIG_TABLE_TWICE: 2,
  E_CONFIG_WARNING: 2,
  E_CONFIG_COLUMN: 2,
  E_PROBLEMS_MORE: 1,
  E_LOCK_NEWER: 2,
  E_LOCK_LINE: 2,
  E_EDIT_UNCERTAIN: 1,
  E_NOT_A_REPOSITORY: 2,
  E_OPTION_KIND: 2,
  E_STAGE_KIND: 2,
  E_STAGE_EXISTS: 2,
  E_SOURCE_KIND: 2,
  E_INPUT_UNKNOWN: 2,
  E_INPUT_COUNT: 2,
  E_LOADER_KEYS: 2,
  E_GENERATED_EDITED: 1,
  E_FILE_EXISTS: 2,
  E_FILE_MISSING: 2,
  E_FLOW_UNKNOWN: 2,
  E_DEPLOYMENT_EXISTS: 2,
  E_INPUT_CYCLE: 2,
  E_FILE_LINK: 3,
  E_FILE_READ_ONLY: 3,
  E_FILE_ENCODING: 2,
  E_FILE_CHANGED: 1,
  E_RUN_ACTIVE: 3,
  E_LOCK_MISSING: 2,
  E_DRIFT: 1,
  E_NOTHING_TO_UNDO: 1,
  E_UNDO_CHANGED: 1,
  E_VERSION_OTHER: 2,
  E_STAGE_UNKNOWN: 2,
  E_STAGE_USED: 1,
  E_PIPELINE_EDITED: 1,
  E_STAGE_REFERRED: 1,
  E_GENERATOR_UNKNOWN: 2,
  E_FILE_UNKNOWN: 2,
  E_ANSWERS_UNKNOWN: 2,
  E_ANSWERS_FORM: 2,
};
