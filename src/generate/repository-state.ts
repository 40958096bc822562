import type { Config } from '../config/config.ts';
import type { Lock } from '../config/lock.ts';
import { lockPath, readLock, toLf } from '../config/lock.ts';
import { parseConfig } from '../config/parse-config.ts';
import { inspectYaml } from '../config/read-yaml.ts';
import { fail, Failure } from '../errors/failure.ts';
import type { ParsePython } from '../python/parse-python.ts';
import { remembering } from '../python/parse-python.ts';
import { readPlainTypescript } from '../typescript/plain-typescript.ts';
import { camel } from './emitters/words.ts';
import { extensionOf } from './language.ts';
import type { RepositorySettings } from './config-view.ts';

/** What planning needs of the world: texts of the repository, a parser, a hash. Nothing here can write. */
export interface RepositoryTexts {
  readonly root: string;
  /** The text of a file as it is on the disk, byte order mark and line ends included; nothing when there is none. */
  readonly read: (path: string) => string | undefined;
  /** The names of what lies in a folder. */
  readonly list: (folder: string) => readonly string[];
  /** Every file that people may have written, beside those of the lock. */
  readonly written?: () => readonly string[];
  readonly hash: (text: string) => string;
  readonly parse: ParsePython;
}

/** A repository as it stands, read and checked. */
export interface RepositoryState extends RepositoryTexts {
  readonly config: Config;
  readonly configText: string;
  readonly lock: Lock;
  readonly settings: RepositorySettings;
  /** The file of the KPI's own flow. */
  readonly flowPath: string;
}

export const configPath = 'config/config.yaml';

/** Where it is, transformers may declare what their results have to hold. */
export const checksModule = 'prefect_flows/checks.py';

/** All that a repository needs to check anything. */
export const checkModules: readonly string[] = ['src/core/checks.py', checksModule, 'tests/unit/test_checks.py'];

/** Where it is, extractors may declare that they go on where the last run left off. */
export const incrementalModule = 'prefect_flows/incremental.py';

/**
 * Reads what a job works from.
 * @param own the version of create-kpi-flow that runs
 * @throws Failure with the mistakes of config.yaml; E_LOCK_MISSING, E_LOCK_NEWER, E_VERSION_OTHER
 */
export function readState(texts: RepositoryTexts, own: string): RepositoryState {
  const configText = texts.read(configPath) ?? fail('E_NOT_A_REPOSITORY', { folder: texts.root });
  const { config } = parseConfig(configText, configPath);
  const lock = readLock(texts.read(lockPath) ?? fail('E_LOCK_MISSING', { folder: texts.root }), own);
  const version = lock.settings.get('template') ?? own;
  if (version !== own) fail('E_VERSION_OTHER', { version, own });
  const settings = settingsOf(lock, version, texts.read('prefect.yaml'));
  const flowPath = `prefect_flows/${config.kpi.id}_flow.${extensionOf(settings.language)}`;
  return { ...texts, parse: parserFor(config, settings.language, texts.parse), config, configText, lock, settings, flowPath };
}

/** What reads the code of a repository. TypeScript calls stages by names of its own. */
export function parserFor(config: Config, language: RepositorySettings['language'], python: ParsePython): ParsePython {
  if (language === 'python') return python;
  const stages = new Map([...stagesOf(config).keys()].map((stage) => [camel(stage), stage]));
  return remembering((text) => readPlainTypescript(text, (name) => stages.get(name)));
}

function settingsOf({ settings, files }: Lock, version: string, deployments: string | undefined): RepositorySettings {
  const has = (module: string): boolean => (files.get(module)?.owner ?? 'deleted') !== 'deleted';
  const locale = settings.get('locale') === 'es' ? 'es' : 'en';
  const language = settings.get('language') === 'typescript' ? 'typescript' : 'python';
  return { locale, language, version, plop: settings.get('plop') === 'true', schedule: scheduleOf(deployments), checks: has(checksModule), resumes: has(incrementalModule), inputs: inputsIn(settings) };
}

/** What a lock says of a stage that was added and takes nothing. */
export const nothing = '-';

/** What every stage takes that was added (`inputs.`), or whose name no longer tells it (`takes.`). */
export function inputsIn(settings: Lock['settings']): ReadonlyMap<string, readonly string[]> {
  const lines = ['inputs.', 'takes.'].flatMap((head) => [...settings].filter(([key]) => key.startsWith(head)).map(([key, value]) => [key.slice(head.length), value] as const));
  return new Map(lines.map(([stage, value]) => [stage, value === nothing ? [] : value.split(',')]));
}

/** The cron line of the first deployment. A prefect.yaml that we cannot read has none, as far as the docs know. */
function scheduleOf(text: string | undefined): string | null {
  // Most have none: then there is nothing to parse.
  if (text?.includes('cron') !== true) return null;
  try {
    const { value } = inspectYaml(text, 'prefect.yaml');
    const [deployment] = listOf((value as Loose | null)?.['deployments']);
    const [schedule] = listOf(deployment?.['schedules']);
    return typeof schedule?.['cron'] === 'string' ? schedule['cron'] : null;
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

type Loose = Readonly<Record<string, unknown>>;

function listOf(value: unknown): Loose[] {
  return Array.isArray(value) ? value.filter((each): each is Loose => typeof each === 'object' && each !== null) : [];
}

/** Whether a file is as it was last written. */
export function isUnedited({ lock, hash }: Pick<RepositoryState, 'lock' | 'hash'>, path: string, text: string): boolean {
  return lock.files.get(path)?.hashes.includes(hash(toLf(text))) ?? false;
}

/** A text with LF in the form that a file has: its line ends and its byte order mark. */
export function likeBefore(before: string | undefined, text: string): string {
  if (before === undefined) return text;
  const mark = before.startsWith('\ufeff') ? '\ufeff' : '';
  return mark + (before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text);
}

/** The kind and group of every stage, by name. */
export function stagesOf({ extractors, transformers, loaders }: Config): ReadonlyMap<string, 'extractors' | 'transformers' | 'loaders'> {
  const all = { extractors, transformers, loaders } as const;
  return new Map((['extractors', 'transformers', 'loaders'] as const).flatMap((group) => Object.keys(all[group]).map((name) => [name, group] as const)));
}
