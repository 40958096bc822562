import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installPackages } from '../../src/edge/python-environment.ts';
import { findPython } from '../../src/edge/python-environment-interpreter.ts';
import type { Problem } from '../../src/errors/failure.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { LoopbackServer } from './loopback-servers.ts';
import { closedPort, refusingProxy, silentServer, statusServer, unknownCertificateServer } from './loopback-servers.ts';

const python = await findPython(undefined, process.env).catch(() => undefined);
if (python === undefined) process.stderr.write('skipped: installing from indexes that fail (no Python 3.11 or newer here)\n');

describe.skipIf(python === undefined)('an index that fails', () => {
  let folder: string;
  let server: LoopbackServer | undefined;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'kpi-flow-index-'))));
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Only this index, no uv on PATH, and no patience: pip's own retries would make each case half a minute. */
  const envFor = (index: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    PATH: folder,
    HOME: folder,
    KPI_FLOW_PYTHON: python?.path,
    PIP_CONFIG_FILE: devNull,
    PIP_INDEX_URL: index,
    PIP_RETRIES: '1',
    PIP_DEFAULT_TIMEOUT: '1',
    KPI_FLOW_INSTALL_TIMEOUT: '20',
    ...more,
  });

  async function problemWith(index: string, more: NodeJS.ProcessEnv = {}, pipOnly = false): Promise<Problem | undefined> {
    const environment = join(folder, 'environment');
    const error = await installPackages(environment, ['polars'], { env: envFor(index, more), cache: join(folder, 'cache'), pipOnly }).catch((each: unknown) => each);
    // Whatever happened, nothing half-made stays.
    expect(await readdir(folder)).not.toContain('environment');
    return error instanceof Failure ? error.problems[0] : undefined;
  }

  it('refuses', async () => {
    const index = `http://127.0.0.1:${await closedPort()}`;
    expect(await problemWith(`${index}/simple`)).toEqual({ code: 'E_INDEX_UNREACHABLE', args: { index, reason: 'refused' } });
  });

  it('hangs', async () => {
    server = await silentServer();
    const index = `http://127.0.0.1:${server.port}`;
    expect(await problemWith(`${index}/simple`)).toEqual({ code: 'E_INDEX_UNREACHABLE', args: { index, reason: 'silent' } });
  });

  it('hangs for longer than anybody waits', async () => {
    server = await silentServer();
    const patient = { PIP_DEFAULT_TIMEOUT: '600', KPI_FLOW_INSTALL_TIMEOUT: '2' };
    expect(await problemWith(`http://127.0.0.1:${server.port}/simple`, patient)).toMatchObject({ code: 'E_INDEX_UNREACHABLE', args: { reason: 'silent' } });
  });

  it('has a certificate that nobody knows', async () => {
    server = await unknownCertificateServer();
    expect(await problemWith(`https://127.0.0.1:${server.port}/simple`)).toEqual({ code: 'E_CERTIFICATE_UNKNOWN', args: { host: `127.0.0.1:${server.port}` } });
  });

  it('wants credentials', async () => {
    server = await statusServer(403);
    expect(await problemWith(`http://127.0.0.1:${server.port}/simple`)).toMatchObject({ code: 'E_INDEX_UNREACHABLE', args: { reason: 'denied' } });
  });

  it('lies behind a proxy that wants credentials', async () => {
    server = await refusingProxy(407);
    const proxy = `http://127.0.0.1:${server.port}`;
    expect(await problemWith('https://packages.invalid/simple', { HTTPS_PROXY: proxy })).toMatchObject({ code: 'E_PROXY', args: { reason: 'credentials' } });
  });

  it('lies behind a proxy that is down', async () => {
    const proxy = `http://127.0.0.1:${await closedPort()}`;
    expect(await problemWith('https://packages.invalid/simple', { HTTPS_PROXY: proxy })).toMatchObject({ code: 'E_PROXY', args: { reason: 'refused' } });
  });

  it('has no such package, with pip alone', async () => {
    server = await statusServer(404);
    expect(await problemWith(`http://127.0.0.1:${server.port}/simple`, {}, true)).toMatchObject({ code: 'E_INDEX_LACKS', args: { requirement: 'polars' } });
  });

  it('stops when it is told to', async () => {
    server = await silentServer();
    const patient = envFor(`http://127.0.0.1:${server.port}/simple`, { PIP_DEFAULT_TIMEOUT: '600', KPI_FLOW_INSTALL_TIMEOUT: '600' });
    const signal = AbortSignal.timeout(1500);
    const error = await installPackages(join(folder, 'environment'), ['polars'], { env: patient, cache: join(folder, 'cache'), signal }).catch((each: unknown) => each);
    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(await readdir(folder)).not.toContain('environment');
  });
});
