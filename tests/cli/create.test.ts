import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bareEnvironment, binFile, codesIn, makeHome, runCli, snapshot, tell } from './command-line.ts';

let home = '';
let remove = (): void => undefined;
beforeEach(() => void ({ home, remove } = makeHome()));
afterEach(() => remove());

const quick = ['--no-git', '--no-install'];
const create = (args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = home) =>
  runCli('create-kpi-flow', args, { cwd, env: { HOME: home, ...env } });

/** Two zones where it is 12 and 14 o'clock: a decision record bears the person's own date, here the same in both. */
function twoZonesAtMidday(now: Date): [string, string] {
  const ahead = 12 - now.getUTCHours();
  return [zoneAheadOfUtc(ahead), zoneAheadOfUtc(ahead + 2)];
}

/** POSIX counts the other way round: `Etc/GMT-9` is nine hours ahead of UTC. */
const zoneAheadOfUtc = (hours: number): string => `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;

interface Planned {
  readonly dryRun: boolean;
  readonly changes: readonly { readonly action: string; readonly path: string; readonly bytes: number }[];
  readonly nextSteps: readonly string[];
  readonly again: string;
}

describe('create --yes', () => {
  it('makes a repository with one commit, and says what comes next', async () => {
    const { code, stdout, stderr } = await create([
      'sales',
      '--yes',
      '--no-install',
      '--name',
      'Ventas netas',
      '--locale',
      'es',
      '--owner',
      'Ana',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('Ventas netas está listo en sales');
    expect(stdout).toContain('  cd sales\n');
    expect(stdout).toContain('prefect_flows.ventas_netas_flow');
    expect(codesIn(stderr)).toEqual([]);
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: join(home, 'sales'), encoding: 'utf8', env: bareEnvironment(home) }).trim();
    expect(git('log', '--format=%s')).toBe('Empieza el repositorio del KPI: Ventas netas');
    expect(git('status', '--porcelain')).toBe('');
    expect(readdirSync(home)).toEqual(['sales']);
  });

  it('the line that it prints makes the same bytes again, in any shell of POSIX', async () => {
    const name = `L'été "ñ" $HOME \`id\` {{x}} $& \\ 🙂`;
    const [here, there] = twoZonesAtMidday(new Date());
    const answers = ['--type', 'ratio', '--grain', 'week,region', '--target', '-5', '--warning=-6', '--schedule', 'none'];
    const first = await create(['one', '--yes', ...quick, '--name', name, ...answers], { TZ: here });
    const line = first.stdout.split('\n').find((each) => each.includes('npx create-kpi-flow@')) ?? '';
    const other = { ...bareEnvironment(home), TZ: there, LANG: 'es_ES.UTF-8', BIN: binFile('create-kpi-flow') };
    mkdirSync(join(home, 'elsewhere'));
    execFileSync('sh', ['-c', line.trim().replace(/^npx create-kpi-flow@\S+/, `${process.execPath} "$BIN"`)], {
      cwd: join(home, 'elsewhere'),
      env: other,
    });
    expect(snapshot(join(home, 'elsewhere/one'))).toEqual(snapshot(join(home, 'one')));
  });

  it('two runs with the same answers give the same bytes', async () => {
    await Promise.all(['a', 'b'].map((each) => create([each, '--yes', ...quick, '--name', 'Same'])));
    expect(snapshot(join(home, 'a'))).toEqual(snapshot(join(home, 'b')));
  });

  it.each([
    ['a folder below folders that are not there', 'x/y/kpi', 'x/y/kpi'],
    ['an absolute folder', '/kpi', 'kpi'],
    ['a folder with accents and spaces', 'mi métrica', 'mi métrica'],
  ])('in %s', async (_, given, made) => {
    const dir = given.startsWith('/') ? join(home, given) : given;
    expect((await create([dir, '--yes', ...quick])).code).toBe(0);
    expect(existsSync(join(home, made, 'config/config.yaml'))).toBe(true);
  });

  it('in the folder where the person stands, when it is empty', async () => {
    const here = join(home, 'here');
    mkdirSync(here);
    const inode = lstatSync(here).ino;
    const { code, stdout } = await create(['.', '--yes', '--no-install', '--name', 'Here'], {}, here);
    expect(code).toBe(0);
    expect(lstatSync(here).ino).toBe(inode);
    expect(existsSync(join(here, '.git/HEAD'))).toBe(true);
    expect(readdirSync(here).filter((each) => each.startsWith('.kpi-flow-'))).toEqual([]);
    expect(stdout).not.toContain('cd .');
  });

  it('in a fresh clone, leaving the commit to the person', async () => {
    mkdirSync(join(home, 'clone'));
    execFileSync('git', ['init', '--quiet'], { cwd: join(home, 'clone') });
    const { code, stderr } = await create(['clone', '--yes', '--no-install']);
    expect(code).toBe(0);
    expect(stderr).toContain('git add --all && git commit');
    expect(spawnSync('git', ['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd: join(home, 'clone') }).status).toBe(1);
  });

  it('reads variables, and a flag wins over them', async () => {
    const { stdout } = await create(['kpi', '--yes', '--dry-run', '--json', '--pool', 'mine'], {
      KPI_FLOW_POOL: 'theirs',
      KPI_FLOW_NAME: 'From a variable',
      KPI_FLOW_GIT: 'false',
    });
    expect(JSON.parse(stdout)).toMatchObject({ answers: { pool: 'mine', name: 'From a variable', git: 'false' } });
  });

  it('takes a file of a team: fixed, proposed and plain answers', async () => {
    writeFileSync(
      join(home, 'team.yaml'),
      'pool: {value: platform, fixed: true, why: One pool.}\nunit: {default: hours}\nowner: Data team\ngrain: [day, region]\n',
    );
    const { code, stdout } = await create([
      'kpi',
      '--yes',
      '--dry-run',
      '--json',
      '--config',
      'team.yaml',
      '--owner',
      'Ana',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      answers: { pool: 'platform', unit: 'hours', owner: 'Ana', grain: ['day', 'region'] },
    });
  });
});

describe('create --dry-run', () => {
  it('plans what the run then writes, to the byte count, and writes nothing', async () => {
    const dry = JSON.parse((await create(['kpi', '--yes', '--json', '--dry-run', ...quick])).stdout) as Planned;
    expect(readdirSync(home)).toEqual([]);
    const real = JSON.parse((await create(['kpi', '--yes', '--json', ...quick])).stdout) as Planned;
    expect([dry.dryRun, real.dryRun]).toEqual([true, false]);
    expect(dry.changes).toEqual(real.changes);
    const written = Object.entries(snapshot(join(home, 'kpi'))).map(([path, text]) => [path, Buffer.byteLength(text)]);
    expect(new Map(dry.changes.map(({ path, bytes }) => [path, bytes]))).toEqual(
      new Map(written as [string, number][]),
    );
  });

  it('draws the tree for people, and JSON is all there is on stdout for programs', async () => {
    const { code, stdout, stderr } = await create(['kpi', '--yes', '--dry-run']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^kpi\/\n├── /);
    expect(stdout).toContain('nothing was written');
  });

  it('refuses what the run would refuse', async () => {
    mkdirSync(join(home, 'kpi'));
    writeFileSync(join(home, 'kpi/x'), '');
    expect((await create(['kpi', '--yes', '--dry-run'])).code).toBe(2);
  });
});

describe('through npm', () => {
  const npm = { npm_command: 'init' };

  it('honours the flags that npm keeps', async () => {
    const { code, stdout } = await create(['kpi'], {
      ...npm,
      npm_config_yes: 'true',
      npm_config_dry_run: 'true',
      npm_config_json: 'true',
      npm_config_force: 'true',
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true });
    expect(readdirSync(home)).toEqual([]);
  });

  it('--force never writes into a folder that is not empty', async () => {
    mkdirSync(join(home, 'kpi'));
    writeFileSync(join(home, 'kpi/mine'), '1');
    const { code, stderr } = await create(['kpi', '--yes', ...quick], { ...npm, npm_config_force: 'true' });
    expect([code, codesIn(stderr)]).toEqual([2, ['E_FOLDER_NOT_EMPTY']]);
    expect(stderr).toContain('--force changes nothing');
  });
});

describe('what this machine lacks', () => {
  it.each(['en', 'es'] as const)(
    'no git and no Python: the repository is made, exit 0, and the commands are told (%s)',
    async (locale) => {
      mkdirSync(join(home, 'nothing'));
      const { code, stdout, stderr } = await create(['kpi', '--yes', '--locale', locale], {
        PATH: join(home, 'nothing'),
        KPI_FLOW_PYTHON: '',
      });
      expect(code).toBe(0);
      expect(existsSync(join(home, 'kpi/config/config.yaml'))).toBe(true);
      expect(existsSync(join(home, 'kpi/.git'))).toBe(false);
      expect(stderr).toContain('git init && git add --all && git commit -m');
      expect(codesIn(stderr)).toEqual(['E_PYTHON_MISSING']);
      expect(stdout).toContain('venv');
    },
  );

  it('inside another repository no second one is made', async () => {
    execFileSync('git', ['init', '--quiet'], { cwd: home });
    const { code, stderr } = await create(['kpi', '--yes', '--no-install']);
    expect([code, existsSync(join(home, 'kpi/.git'))]).toEqual([0, false]);
    expect(stderr).toContain('inside another git repository');
  });

  const root = process.getuid?.() === 0;
  if (!root) tell('skipped: a full disk needs a small file system, which only root can mount');
  it.runIf(root)('a disk of any size: the whole and exit 0, or exit 3 and nothing', async () => {
    const small = join(home, 'small');
    mkdirSync(small);
    const codes: (number | null)[] = [];
    for (const size of [4, 32, 128, 256, 2048]) {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', small]);
      try {
        const { code, stderr } = await create(['kpi', '--yes', ...quick], {}, small);
        codes.push(code);
        if (code !== 0) expect([code, codesIn(stderr), readdirSync(small)]).toEqual([3, ['E_DISK_FULL'], []]);
        else expect(existsSync(join(small, 'kpi/config/config.yaml'))).toBe(true);
      } finally {
        execFileSync('umount', [small]);
      }
    }
    expect([codes[0], codes.at(-1)]).toEqual([3, 0]);
  });

  it.runIf(root)('a folder where one may not write: exit 3', async () => {
    const closed = join(home, 'closed');
    mkdirSync(closed, { mode: 0o555 });
    chmodSync(home, 0o755);
    const { code, stderr } = await asNobody(['create', join(closed, 'kpi'), '--yes', ...quick]);
    if (code === 126 || /Cannot find module|EACCES: permission denied, (open|lstat) '[^']*mjs/.test(stderr))
      return tell('skipped: another user cannot read this checkout');
    expect([code, codesIn(stderr)]).toEqual([3, ['E_FOLDER_NOT_WRITABLE']]);
    expect(readdirSync(closed)).toEqual([]);
  });

  it.runIf(existsSync('/dev/full'))('a stdout that takes nothing: exit 3, the repository is there', async () => {
    const { code, stderr } = await runCli('create-kpi-flow', ['kpi', '--yes', ...quick], {
      cwd: home,
      through: ['sh', '-c', '"$@" > /dev/full', 'sh'],
    });
    expect([code, codesIn(stderr)]).toEqual([3, ['E_OUTPUT']]);
    expect(existsSync(join(home, 'kpi/config/config.yaml'))).toBe(true);
  });

  it('a link at the target is not followed', async () => {
    mkdirSync(join(home, 'real'));
    symlinkSync(join(home, 'real'), join(home, 'kpi'));
    const { code, stderr } = await create(['kpi', '--yes', ...quick]);
    expect([code, codesIn(stderr), readdirSync(join(home, 'real'))]).toEqual([3, ['E_FOLDER_LINK'], []]);
  });
});

/** Root may write anywhere, so somebody else has to try. */
function asNobody(args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const nobody = 65_534;
  const child = spawn(realpathSync(process.execPath), [binFile('kpi-flow'), ...args], {
    uid: nobody,
    gid: nobody,
    cwd: '/',
    env: bareEnvironment('/tmp'),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  return new Promise((resolve) => {
    child.on('error', () => resolve({ code: 126, stderr }));
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

describe('stopping while the environment is made', () => {
  /** A Python that answers nothing until it is ended. */
  function slowPython(): string {
    const bin = join(home, '.bin');
    mkdirSync(bin);
    for (const name of ['python3', 'python', 'uv']) {
      writeFileSync(join(bin, name), `#!/bin/sh\ntouch ${home}/.started\nexec sleep 60\n`);
      chmodSync(join(bin, name), 0o755);
    }
    return `${bin}:${process.env['PATH'] ?? ''}`;
  }

  async function stopDuringInstall(act: (folder: string) => void, signal: NodeJS.Signals) {
    const env = { ...bareEnvironment(home), PATH: slowPython() };
    const child = spawn(process.execPath, [binFile('create-kpi-flow'), 'kpi', '--yes', '--no-git'], {
      cwd: home,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (!existsSync(join(home, '.started'))) await new Promise((resolve) => setTimeout(resolve, 20));
    act(join(home, 'kpi'));
    child.kill(signal);
    const code = await ended;
    for (const name of ['.bin', '.started']) rmSync(join(home, name), { recursive: true, force: true });
    return { code, stderr };
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s leaves nothing', async (signal, expected) => {
    const { code } = await stopDuringInstall(() => undefined, signal);
    expect(code).toBe(expected);
    expect(readdirSync(home)).toEqual([]);
  });

  it('but never takes away what somebody has begun to write there', async () => {
    const { code, stderr } = await stopDuringInstall(
      (folder) => writeFileSync(join(folder, 'README.md'), 'mine'),
      'SIGINT',
    );
    expect(code).toBe(130);
    expect(readFileSync(join(home, 'kpi/README.md'), 'utf8')).toBe('mine');
    expect(stderr).toContain('it has been changed');
  });
});

describe('killed at any moment', () => {
  it('leaves the whole or nothing, and the next run tidies up', async () => {
    const { code } = await create(['probe', '--yes', ...quick]);
    expect(code).toBe(0);
    const whole = Object.keys(snapshot(join(home, 'probe'))).length;
    for (let round = 0; round < 25; round += 1) {
      const child = spawn(process.execPath, [binFile('create-kpi-flow'), 'kpi', '--yes', ...quick], {
        cwd: home,
        env: bareEnvironment(home),
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.on('close', resolve));
      const timer = setTimeout(() => child.kill('SIGKILL'), 40 + round * 8);
      await ended;
      clearTimeout(timer);
      if (existsSync(join(home, 'kpi'))) expect(Object.keys(snapshot(join(home, 'kpi')))).toHaveLength(whole);
      rmSync(join(home, 'kpi'), { recursive: true, force: true });
    }
    await create(['kpi', '--yes', ...quick]);
    expect(readdirSync(home).sort()).toEqual(['kpi', 'probe']);
  });
});

it('is run from the built package', () => {
  expect(existsSync(join(dirname(binFile('kpi-flow')), 'chunks'))).toBe(true);
});
