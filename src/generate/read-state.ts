import type { Config } from '../config/config.ts';
import type { Lock } from '../config/lock.ts';
import { lockPath, readLock } from '../config/lock.ts';
import { parseConfig } from '../config/parse-config.ts';
import { inspectYaml } from '../config/read-yaml.ts';
import { fail, Failure } from '../errors/failure.ts';
import type { ParsePython } from '../python/parse-python.ts';
import { remembering } from '../python/parse-python.ts';
import { typescriptReader } from './typescript-reader.ts';
import type { RepositorySettings } from './config-view.ts';
import { camel } from './emitters/words.ts';
import { extensionOf } from './language.ts';
import type { RepositoryState, RepositoryTexts } from './repository-state.ts';
import { abilitiesOf, configPath, inputsIn, isThere, stagesOf } from './repository-state.ts';

/**
 * Reads what a job works from.
 * @param own the version of create-kpi-flow that runs
 * @throws Failure with the mistakes of config.yaml; E_LOCK_MISSING, E_LOCK_NEWER, E_VERSION_OTHER
 */
export function readState(texts: RepositoryTexts, own: string): RepositoryState {
  const configText = texts.read(configPath) ?? fail('E_NOT_A_REPOSITORY', { folder: texts.root });
  const lockText = texts.read(lockPath);
  const lock = lockText === undefined ? undefined : readLock(lockText, own);
  const { config } = parseConfig(configText, configPath, lock && languageIn(lock));
  if (lock === undefined) return fail('E_LOCK_MISSING', { folder: texts.root });
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
  const readTypescript = typescriptReader();
  return remembering((text) => readTypescript(text, (name) => stages.get(name)));
}

function languageIn({ settings }: Lock): RepositorySettings['language'] {
  return settings.get('language') === 'typescript' ? 'typescript' : 'python';
}

function settingsOf(lock: Lock, version: string, deployments: string | undefined): RepositorySettings {
  const { settings } = lock;
  const locale = settings.get('locale') === 'es' ? 'es' : 'en';
  const language = languageIn(lock);
  const frames = settings.get('frames') === 'pandas' ? 'pandas' : 'polars';
  return { locale, language, frames, version, plop: settings.get('plop') === 'true', schedule: scheduleOf(deployments), ...abilitiesOf(language, (path) => isThere(lock, path)), inputs: inputsIn(settings) };
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
