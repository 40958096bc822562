import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tell } from '../cli/command-line.ts';
import { noPipSettings, parsePipSettings, withUvSettings } from '../../src/edge/network-indexes.ts';

describe('what pip was told', () => {
  it('is read in pip\'s own order: for all commands, for install, from the environment', () => {
    const lines = ["install.index-url='https://install.example/simple'", ":env:.cert='/env.pem'", "global.index-url='https://global.example/simple'", "global.cert='/global.pem'"].join('\n');
    expect(parsePipSettings(lines)).toMatchObject({ index: 'https://install.example/simple', cert: '/env.pem' });
  });

  it('may be several words on several lines, and holds quotes', () => {
    const lines = "global.extra-index-url='\\nhttps://one.example/simple\\nhttps://two.example/simple'\nglobal.proxy=\"http://it's.example:3128\"\nglobal.trusted-host='one.example two.example'";
    expect(parsePipSettings(lines)).toEqual({
      extra: ['https://one.example/simple', 'https://two.example/simple'],
      findLinks: [],
      trustedHosts: ['one.example', 'two.example'],
      proxy: "http://it's.example:3128",
    });
  });

  it('is nothing on a machine where nobody told it anything', () => {
    expect(parsePipSettings('')).toEqual(noPipSettings);
    expect(parsePipSettings("global.timeout='60'\nlist.format='columns'")).toEqual(noPipSettings);
  });
});

describe('what uv is told', () => {
  let home: string;
  beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'kpi-flow-uv-'))));
  afterAll(() => rm(home, { recursive: true, force: true }));
  const pip = { ...noPipSettings, index: 'https://mirror.example/simple', cert: '/company.pem', proxy: 'http://proxy.example:3128' };
  const bare = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ HOME: home, XDG_CONFIG_HOME: home, APPDATA: home, XDG_CONFIG_DIRS: home, ...more });

  it('is what pip was told', () => {
    expect(withUvSettings(bare(), pip)).toMatchObject({
      UV_DEFAULT_INDEX: 'https://mirror.example/simple',
      SSL_CERT_FILE: '/company.pem',
      HTTPS_PROXY: 'http://proxy.example:3128',
      UV_SYSTEM_CERTS: 'true',
      UV_PYTHON_DOWNLOADS: 'never',
    });
  });

  it('is left alone where the person told it something else', () => {
    const told = { UV_DEFAULT_INDEX: 'https://own.example/simple', SSL_CERT_FILE: '/own.pem', UV_HTTP_TIMEOUT: '5' };
    expect(withUvSettings(bare(told), pip)).toMatchObject(told);
  });

  if (process.platform === 'win32' && process.env['APPDATA'] === undefined) tell('skipped: files of pip and uv that name an index (APPDATA is not set)');
  it.runIf(process.platform !== 'win32' || process.env['APPDATA'] !== undefined)('is left alone where a file of its own names an index', async () => {
    await mkdir(join(home, 'uv'), { recursive: true });
    await writeFile(join(home, 'uv', 'uv.toml'), '[[index]]\nurl = "https://own.example/simple"\n');
    expect(withUvSettings(bare(), pip)).not.toHaveProperty('UV_DEFAULT_INDEX');
    await rm(join(home, 'uv'), { recursive: true });
  });

  it('passes over folders that are not there, as pip does', () => {
    const env = withUvSettings(bare(), { ...noPipSettings, findLinks: [join(home, 'gone'), home], extra: [`file://${home}/gone`] });
    expect(env).toMatchObject({ UV_FIND_LINKS: home });
    expect(env).not.toHaveProperty('UV_INDEX');
  });

  it('never fetches a Python of its own', () => {
    expect(withUvSettings(bare({ UV_PYTHON_DOWNLOADS: 'automatic' }), noPipSettings)['UV_PYTHON_DOWNLOADS']).toBe('never');
  });
});
