import type { Config } from '../config/config.ts';
import type { Lock } from '../config/lock.ts';
import { lockPath, readLock, toLf } from '../config/lock.ts';
import { parseConfig } from '../config/parse-config.ts';
import { inspectYaml } from '../config/read-yaml.ts';
import { fail, Failure } from '../errors/failure.ts';
import type { ParsePython } from '../python/parse-python.ts';
import type { RepositorySettings } from './config-view.ts';

/** What planning needs of the world: texts of the repository, a parser, a hash. Nothing here can write. */
export interface RepositoryTexts {
  readonly root: string;
  /** The text of a file as it is on the disk, byte order mark and line ends included; nothing when there is none. */
  readonly read: (path: string) => string | undefined;
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
  return { ...texts, config, configText, lock, settings, flowPath: `prefect_flows/${config.kpi.id}_flow.py` };
}

function settingsOf({ settings }: Lock, version: string, deployments: string | undefined): RepositorySettings {
  const locale = settings.get('locale') === 'es' ? 'es' : 'en';
  return { locale, version, plop: settings.get('plop') === 'true', schedule: scheduleOf(deployments) };
}

/** The cron line of the first deployment. A prefect.yaml that we cannot read has none, as far as the docs know. */
function scheduleOf(text: string | undefined): string | null {
  try {
    const { value } = inspectYaml(text ?? '', 'prefect.yaml');
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
