import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tell } from '../cli/command-line.ts';
import { isOlder, startPrefect } from '../../src/edge/prefect.ts';
import { PrefectApi } from '../../src/edge/prefect-api.ts';
import { freePort } from '../../src/edge/prefect-server.ts';
import type { FakePrograms } from './fake-programs.ts';
import { fakePrograms } from './fake-programs.ts';
import { closedPort, statusServer } from './loopback-servers.ts';

describe('ports', () => {
  it('finds a free one, and says so when a chosen one is taken', async () => {
    expect(await freePort()).toBeGreaterThan(1023);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(freePort(port)).rejects.toMatchObject({ problems: [{ code: 'E_PORT_TAKEN', args: { port } }] });
    taken.close();
  });
});

describe('releases', () => {
  it.each([
    ['3.4.0', '3.9.0', true],
    ['3.9.0', '3.9.0', false],
    ['3.10.0', '3.9.0', false],
    ['3.9', '3.9.0', false],
    ['2.20.1', '3.9.0', true],
    ['4.0.0rc1', '3.9.0', false],
  ])('%s is older than %s: %s', (version, than, older) => expect(isOlder(version, than)).toBe(older));
});

// The fake interpreters are shell scripts.
if (process.platform === 'win32') tell('skipped: starting Prefect (the programs that stand in are shell scripts)');

describe.skipIf(process.platform === 'win32')('starting Prefect', () => {
  let fakes: FakePrograms;
  beforeEach(async () => void (fakes = await fakePrograms()));
  afterEach(() => fakes.remove());

  /** A Python that answers for Prefect's release, and does something else when it is to start the server. */
  const python = (version: string, start: string): Promise<string> => fakes.add('python', `case "$*" in\n  *metadata*) ${version} ;;\n  *) ${start} ;;\nesac`);

  it('says that Prefect is missing', async () => {
    await expect(startPrefect(await python('exit 1', 'exit 1'))).rejects.toMatchObject({ problems: [{ code: 'E_PREFECT_MISSING' }], exitCode: 3 });
  });

  it('says that Prefect is too old', async () => {
    await expect(startPrefect(await python('echo 3.4.0', 'exit 1'))).rejects.toMatchObject({ problems: [{ code: 'E_PREFECT_OLD', args: { found: '3.4.0' } }] });
  });

  it('says what the server said when it does not start', async () => {
    await expect(startPrefect(await python('echo 3.9.1', 'echo "error: the database is locked"; exit 1'))).rejects.toMatchObject({ problems: [{ code: 'E_PREFECT_START', args: { detail: 'error: the database is locked' } }] });
  });

  it('gives up on a server that never answers, and ends it', async () => {
    await expect(startPrefect(await python('echo 3.9.1', 'sleep 600'), { startSeconds: 1 })).rejects.toMatchObject({ problems: [{ code: 'E_PREFECT_START' }] });
  });

  it('says that the port is taken when the server finds out', async () => {
    const port = await closedPort();
    const start = startPrefect(await python('echo 3.9.1', 'echo "[Errno 98] error while attempting to bind on address: address already in use"; exit 1'), { port });
    await expect(start).rejects.toMatchObject({ problems: [{ code: 'E_PORT_TAKEN', args: { port } }] });
  });
});

describe('an API that fails', () => {
  it('cannot be reached', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/api`;
    await expect(new PrefectApi(url).deployments()).rejects.toMatchObject({ problems: [{ code: 'E_PREFECT_UNREACHABLE', args: { url } }] });
    expect(await new PrefectApi(url).isHealthy()).toBe(false);
  });

  it('answers with an error', async () => {
    const server = await statusServer(500);
    await expect(new PrefectApi(`http://127.0.0.1:${server.port}/api`).deployments()).rejects.toMatchObject({ problems: [{ code: 'E_PREFECT_UNREACHABLE', args: { detail: expect.stringContaining('500') } }] });
    await server.close();
  });
});
