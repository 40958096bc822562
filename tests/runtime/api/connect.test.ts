import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { connect } from '../../../src/runtime/api/connect.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';

const open: (() => void)[] = [];
afterEach(() => open.splice(0).forEach((close) => close()));

/** Connects to a server that answers the question for its release so, and nothing else. */
async function to(status: number, body: string): ReturnType<typeof connect> {
  const server = createServer((_, answer) => answer.writeHead(status, { 'content-type': 'application/json' }).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return await connect(readSettings({ PREFECT_API_URL: `http://127.0.0.1:${port}/api`, PREFECT_CLIENT_MAX_RETRIES: '0' }, '/nowhere'));
}

describe('connecting', () => {
  test('without an address is connecting to nothing: a flow simply runs', async () => {
    expect(await connect({ ...readSettings({}, '/nowhere'), apiUrl: null })).toBeUndefined();
  });

  test.each(['3.0.0', '3.9.1', '3.10.0.dev1', '4.0.0'])('to a server of release %s goes on', async (release) => {
    const api = await to(200, JSON.stringify(release));
    expect(api?.apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api$/);
    api?.close();
  });

  test.each(['2.20.9', '2.9.0'])('to a server of release %s says which is needed, and how to get it', async (release) => {
    await expect(to(200, JSON.stringify(release))).rejects.toThrow(`this server runs Prefect ${release}; Prefect 3.0.0 or newer is needed: upgrade the server`);
  });

  test.each([403, 404])('to one that keeps its release to itself (%s), as Prefect Cloud does, goes on', async (status) => {
    const api = await to(status, '{"detail":"no"}');
    expect(api).toBeDefined();
    api?.close();
  });

  test('to something that is no server of Prefect says so', async () => {
    await expect(to(200, '<html>Welcome</html>')).rejects.toThrow(/GET \/admin\/version|\/admin\/version/);
  });
});
