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
  E_LANGUAGE_NOT_YET: { language: string };
  E_STAGE_NAME_TAKEN: { name: string };
  E_PYTHON_MISSING: { asked: readonly string[]; storeAlias: boolean };
  E_PYTHON_OLD: { path: string; version: string };
  E_PYTHON_INCOMPLETE: { path: string; module: string };
  E_INDEX_UNREACHABLE: { index: string; reason: 'refused' | 'silent' | 'name' | 'denied' | 'broken' };
  E_INDEX_LACKS: { requirement: string; index: string };
  E_CERTIFICATE_UNKNOWN: { host: string };
  E_PROXY: { proxy: string; reason: 'refused' | 'silent' | 'credentials' | 'name' };
  E_INSTALL_FAILED: { tool: 'uv' | 'pip'; detail: string };
  E_INSTALL_SLOW: { tool: 'uv' | 'pip'; seconds: number };
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
  E_COMMAND_UNKNOWN: { command: string; suggestion?: string };
  E_FLAG_UNKNOWN: { flag: string; suggestion?: string };
  E_FLAG_VALUE_MISSING: { flag: string };
  E_FLAG_VALUE_UNEXPECTED: { flag: string };
  E_ARGUMENT_EXTRA: { argument: string; swallowed: boolean };
  E_ANSWERS_MISSING: { flags: readonly string[]; example: string };
  E_ANSWERS_CLASH: { flag: string; other: string };
}

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
  E_ANSWERS_CLASH: 2,
  E_FLOW_RUN: 1,
  E_DEMO_DIFFERS: 1,
};
