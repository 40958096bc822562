import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

export const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

/** Runs npm as on a fresh machine: no settings of the person or of the npm that runs this test reach it. */
export function npm(args: readonly string[], options: { cwd: string; home: string; env?: Record<string, string> }) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|INIT_CWD$|CI$)/i.test(name));
  const cli = process.env['npm_execpath'];
  const [command, first] = cli?.endsWith('npm-cli.js') ? [process.execPath, [cli]] : ['npm', []];
  return execa(command, [...first, ...args], {
    cwd: options.cwd,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    env: {
      ...Object.fromEntries(kept),
      HOME: options.home,
      npm_config_cache: join(options.home, 'cache'),
      npm_config_userconfig: join(options.home, 'npmrc'),
      npm_config_noproxy: '127.0.0.1',
      npm_config_update_notifier: 'false',
      ...options.env,
    },
  });
}
