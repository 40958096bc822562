import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readToml } from './toml.ts';

export type Values = ReadonlyMap<string, string>;

/**
 * Where Prefect's client looks for a setting, first to last: the environment, `.env`, `prefect.toml`, the table
 * `tool.prefect` of `pyproject.toml`, the active profile.
 * @param env the process's environment
 * @param folder the working directory, from which the project's files are looked for
 */
export function settingsSources(env: NodeJS.ProcessEnv, folder: string): readonly Values[] {
  const environment = new Map(Object.entries(env).filter((each): each is [string, string] => each[1] !== undefined));
  const dotenv = readDotenv(textOf(join(folder, '.env')));
  const project = underPrefix(readToml(textOf(join(folder, 'prefect.toml'))), '');
  const pyproject = underPrefix(readToml(textOf(join(folder, 'pyproject.toml'))), 'tool.prefect.');
  const sources = [environment, dotenv, project, pyproject];
  return [...sources, profileValues((name) => firstOf(sources, name))];
}

/** The first source that has it wins. */
export function firstOf(sources: readonly Values[], name: string): string | undefined {
  return sources.find((each) => each.has(name))?.get(name);
}

/** `api.url` of a TOML table is the variable PREFECT_API_URL. */
function underPrefix(values: Values, prefix: string): Values {
  const ours = [...values].filter(([key]) => key.startsWith(prefix));
  return new Map(
    ours.map(([key, value]) => [`PREFECT_${key.slice(prefix.length).replaceAll('.', '_').toUpperCase()}`, value]),
  );
}

function profileValues(setting: (name: string) => string | undefined): Values {
  const home = expandHome(setting('PREFECT_HOME') ?? join('~', '.prefect'));
  const file = readToml(textOf(expandHome(setting('PREFECT_PROFILES_PATH') ?? join(home, 'profiles.toml'))));
  const active = setting('PREFECT_PROFILE') ?? file.get('active');
  const prefix = `profiles.${active ?? ''}.`;
  return new Map(
    [...file].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** `NAME=value`, `export NAME="value"`; comments and what is not a pair are passed over. */
export function readDotenv(text: string): Values {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const pair = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
    if (pair !== null) values.set(pair[1] ?? '', withoutQuotes(pair[2] ?? ''));
  }
  return values;
}

function withoutQuotes(text: string): string {
  const quoted = /^(["'])(.*?)\1(?:\s*#.*)?$/.exec(text);
  return quoted === null ? text.replace(/\s+#.*$/, '') : (quoted[2] ?? '');
}

function expandHome(path: string): string {
  return path.startsWith('~') ? join(homedir(), path.slice(1)) : path;
}

/** Empty for a file that is not there; other failures of a settings file are not worth a run. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
