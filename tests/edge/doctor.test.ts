import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tell } from '../cli/command-line.ts';
import { nodeProbes } from '../../src/edge/doctor.ts';
import type { DoctorProbes } from '../../src/jobs/ports.ts';
import { fakePrograms } from './fake-programs.ts';
import type { FakePrograms } from './fake-programs.ts';
import type { LoopbackServer } from './loopback-servers.ts';
import { closedPort, refusingProxy, silentServer, statusServer, unknownCertificateServer } from './loopback-servers.ts';

// The fake programs are shell scripts.
if (process.platform === 'win32') tell('skipped: what doctor sees (the programs that stand in are shell scripts)');

describe.skipIf(process.platform === 'win32')('what doctor sees', () => {
  let folder: string;
  let fakes: FakePrograms;
  let server: LoopbackServer | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kpi-flow-doctor-'));
    fakes = await fakePrograms();
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await fakes.remove();
  });

  const look = (env: NodeJS.ProcessEnv): DoctorProbes => nodeProbes(folder, { PATH: fakes.folder, HOME: folder, PIP_CONFIG_FILE: devNull, ...env }, new AbortController().signal);

  it('a bare machine', async () => {
    const probes = look({});
    expect(await probes.python()).toMatchObject({ problem: { code: 'E_PYTHON_MISSING' } });
    expect(await probes.git()).toEqual({});
    expect(await probes.uv()).toEqual({});
    expect(await probes.packageIndex()).toEqual({});
    expect(await probes.prefect()).toEqual({});
    expect(await probes.prefectApi()).toEqual({});
    expect(await probes.certificates()).toEqual([]);
    expect(await probes.disk()).toMatchObject({ folder, writable: true });
  });

  it('the folder above one that is not there yet', async () => {
    const probes = nodeProbes(join(folder, 'a', 'b'), { PATH: fakes.folder }, new AbortController().signal);
    expect(await probes.disk()).toMatchObject({ folder, writable: true });
  });

  it('an index behind an unknown certificate', async () => {
    server = await unknownCertificateServer();
    expect(await look({ UV_DEFAULT_INDEX: `https://127.0.0.1:${server.port}/simple` }).packageIndex()).toMatchObject({ problem: { code: 'E_CERTIFICATE_UNKNOWN' } });
  });

  it('an index that trusts the authority it is told of', async () => {
    const { port, authority, close } = await unknownCertificateServer();
    server = { port, close };
    const found = await look({ UV_DEFAULT_INDEX: `https://127.0.0.1:${port}/simple`, SSL_CERT_FILE: authority }).packageIndex();
    expect(found).toEqual({ address: `https://127.0.0.1:${port}` });
  });

  it('an index that refuses, and one that lets nobody in', async () => {
    const closed = await closedPort();
    expect(await look({ UV_DEFAULT_INDEX: `http://127.0.0.1:${closed}/simple` }).packageIndex()).toMatchObject({ problem: { code: 'E_INDEX_UNREACHABLE', args: { reason: 'refused' } } });
    server = await statusServer(401);
    expect(await look({ UV_DEFAULT_INDEX: `http://ana:s3cr3t@127.0.0.1:${server.port}/simple` }).packageIndex()).toEqual({
      address: `http://127.0.0.1:${server.port}`,
      problem: { code: 'E_INDEX_UNREACHABLE', args: { index: `http://127.0.0.1:${server.port}`, reason: 'denied' } },
    });
  });

  it('an index that hangs', async () => {
    server = await silentServer();
    expect(await look({ UV_DEFAULT_INDEX: `http://127.0.0.1:${server.port}/simple` }).packageIndex()).toMatchObject({ problem: { args: { reason: 'silent' } } });
  });

  it('the registry that npm is set to', async () => {
    server = await statusServer(200);
    await fakes.add('npm', `[ "$3" = registry ] && echo "http://127.0.0.1:${server.port}/" || echo null`);
    expect(await look({}).npmRegistry()).toEqual({ address: `http://127.0.0.1:${server.port}` });
  });

  it('a proxy in the way of the index, and never one in the way of loopback', async () => {
    server = await refusingProxy(407);
    const proxy = { HTTPS_PROXY: `http://127.0.0.1:${server.port}`, HTTP_PROXY: `http://127.0.0.1:${server.port}` };
    expect(await look({ ...proxy, UV_DEFAULT_INDEX: 'https://packages.invalid/simple' }).packageIndex()).toMatchObject({ problem: { code: 'E_PROXY', args: { reason: 'credentials' } } });
    expect(await look(proxy).proxies()).toMatchObject({ sparesLoopback: false });
    const health = await statusServer(200);
    expect(await look({ ...proxy, PREFECT_API_URL: `http://127.0.0.1:${health.port}/api` }).prefectApi()).toEqual({ address: `http://127.0.0.1:${health.port}/api` });
    await health.close();
  });

  it('a proxy that is down', async () => {
    expect(await look({ HTTPS_PROXY: `http://127.0.0.1:${await closedPort()}`, NO_PROXY: '127.0.0.1' }).proxies()).toMatchObject({ sparesLoopback: true, found: [{ variable: 'HTTPS_PROXY', problem: { code: 'E_PROXY', args: { reason: 'refused' } } }] });
  });

  it('authorities that are not there', async () => {
    expect(await look({ SSL_CERT_FILE: join(folder, 'gone.pem') }).certificates()).toMatchObject([{ variable: 'SSL_CERT_FILE', readable: false }]);
  });

  it('a Prefect API that is away', async () => {
    expect(await look({ PREFECT_API_URL: `http://127.0.0.1:${await closedPort()}/api` }).prefectApi()).toMatchObject({ problem: { code: 'E_PREFECT_UNREACHABLE' } });
  });

  it('a Prefect that is missing from the environment, or too old for it', async () => {
    await mkdir(join(folder, '.venv', 'bin'), { recursive: true });
    const { rename } = await import('node:fs/promises');
    await rename(await fakes.add('old', 'echo 3.4.0'), join(folder, '.venv', 'bin', 'python'));
    expect(await look({}).prefect()).toMatchObject({ problem: { code: 'E_PREFECT_OLD', args: { found: '3.4.0' } } });
    await rename(await fakes.add('none', 'exit 1'), join(folder, '.venv', 'bin', 'python'));
    expect(await look({}).prefect()).toMatchObject({ problem: { code: 'E_PREFECT_MISSING' } });
    await rm(join(folder, '.venv'), { recursive: true });
  });
});
