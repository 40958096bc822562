import { describe, expect, it } from 'vitest';
import { proxyFor, reach, redactUrl, withoutLoopbackProxy } from '../../src/edge/network.ts';
import { closedPort, refusingProxy, silentServer, statusServer, unknownCertificateServer } from './loopback-servers.ts';

describe('which proxy', () => {
  const env = { HTTPS_PROXY: 'http://proxy.example:3128', http_proxy: 'proxy.example:8080', NO_PROXY: 'internal.example,.corp.example, 10.0.0.1' };
  it.each([
    ['https://packages.example/simple', 'http://proxy.example:3128/'],
    ['http://packages.example/simple', 'http://proxy.example:8080/'],
    ['https://internal.example/', undefined],
    ['https://pypi.internal.example/', undefined],
    ['https://notinternal.example/', 'http://proxy.example:3128/'],
    ['https://pypi.corp.example/', undefined],
    ['http://127.0.0.1:4200/api', undefined],
    ['http://[::1]:4200/api', undefined],
    ['http://localhost:4200/api', undefined],
  ])('%s goes through %s', (address, proxy) => expect(proxyFor(new URL(address), env)?.href).toBe(proxy));

  it('none for anything when NO_PROXY is a star, and none when it is no address', () => {
    expect(proxyFor(new URL('https://packages.example'), { ...env, NO_PROXY: '*' })).toBeUndefined();
    expect(proxyFor(new URL('https://packages.example'), { https_proxy: 'http://[' })).toBeUndefined();
  });

  it('never one for loopback in what we start', () => {
    expect(withoutLoopbackProxy({ NO_PROXY: 'internal.example' })).toMatchObject({ NO_PROXY: 'internal.example,127.0.0.1,localhost,::1', no_proxy: 'internal.example,127.0.0.1,localhost,::1' });
  });
});

it('hides credentials in addresses', () => {
  expect(redactUrl('see https://ana:s3cr3t@packages.example/simple and http://token@x.example')).toBe('see https://***@packages.example/simple and http://***@x.example');
  expect(redactUrl('https://packages.example/a@b')).toBe('https://packages.example/a@b');
});

describe('asking once', () => {
  it('an address that answers, refuses, or stays silent', async () => {
    const [well, silent, closed] = await Promise.all([statusServer(204), silentServer(), closedPort()]);
    expect(await reach(`http://127.0.0.1:${well.port}/`, {}, 5)).toEqual({ kind: 'answers', status: 204 });
    expect(await reach(`http://127.0.0.1:${silent.port}/`, {}, 0.3)).toMatchObject({ kind: 'silent' });
    expect(await reach(`http://127.0.0.1:${closed}/`, {}, 5)).toMatchObject({ kind: 'refused' });
    await Promise.all([well.close(), silent.close()]);
  });

  it('a certificate that nobody knows, and a name that nobody has', async () => {
    const server = await unknownCertificateServer();
    expect(await reach(`https://127.0.0.1:${server.port}/`, {}, 5)).toMatchObject({ kind: 'certificate' });
    await server.close();
    expect(await reach('http://no-such-host.invalid/', {}, 20)).toMatchObject({ kind: 'name' });
  });

  it.each([
    [407, 'credentials'],
    [502, 'refused'],
  ] as const)('a proxy that answers %s', async (status, reason) => {
    const server = await refusingProxy(status);
    expect(await reach('https://packages.invalid/', { HTTPS_PROXY: `http://ana:s3cr3t@127.0.0.1:${server.port}` }, 5)).toEqual({ kind: 'proxy', reason, proxy: `http://***@127.0.0.1:${server.port}/` });
    await server.close();
  });
});
