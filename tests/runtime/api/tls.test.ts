import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../src/runtime/api/connect.ts';
import { startThread } from '../../../src/runtime/api/run-thread.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import { selfSigned, selfSignedIfPossible } from '../../self-signed.ts';

const folder = mkdtempSync(join(tmpdir(), 'kpi-flow-tls-'));
const tls = selfSignedIfPossible(folder);
const { key, certificate } = tls ?? { key: '', certificate: '' };

describe.skipIf(tls === undefined)('a Prefect server whose certificate no public authority signed', () => {
  let server: Server;
  let url = '';
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, answer) => {
      asked.push(`${request.method} ${request.url}`);
      answer.writeHead(200, { 'content-type': 'application/json' }).end(request.url?.endsWith('/version') ? '"3.9.1"' : '{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const settings = (env: NodeJS.ProcessEnv) => readSettings({ PREFECT_API_URL: url, PREFECT_HOME: folder, ...env }, folder);
  const reached = async (env: NodeJS.ProcessEnv): Promise<string> => {
    const before = asked.length;
    return await connect(settings(env)).then((api) => (api?.close(), asked.length > before ? 'reached' : 'not asked'), (error: Error) => `${error.name}: ${error.message}`);
  };

  test('is refused at once, and the error says which setting makes it trusted', async () => {
    expect(await reached({})).toMatch(/^PrefectUnreachable: no answer from GET https:.*SELF_SIGNED.*PREFECT_API_SSL_CERT_FILE/);
  });

  test.each([{ PREFECT_API_SSL_CERT_FILE: certificate }, { SSL_CERT_FILE: certificate }, { PREFECT_API_TLS_INSECURE_SKIP_VERIFY: 'true' }, { PREFECT_API_TLS_INSECURE_SKIP_VERIFY: '1', PREFECT_API_SSL_CERT_FILE: '/nonexistent' }])('is reached by the settings of Prefect: %o', async (env) => {
    expect(await reached(env)).toBe('reached');
  });

  test('is refused where the certificate is of somebody else, and where verifying is asked for', async () => {
    const { certificate: other } = selfSigned(folder, 'other');
    expect(await reached({ PREFECT_API_SSL_CERT_FILE: other })).toContain('PREFECT_API_SSL_CERT_FILE');
    expect(await reached({ PREFECT_API_TLS_INSECURE_SKIP_VERIFY: 'false' })).toContain('PREFECT_API_SSL_CERT_FILE');
  });

  test('says which file cannot be used', async () => {
    const text = join(folder, 'no.pem');
    writeFileSync(text, 'no certificate');
    expect(await reached({ PREFECT_API_SSL_CERT_FILE: text })).toBe(`PrefectSettingsError: PREFECT_API_SSL_CERT_FILE (or SSL_CERT_FILE) names a file that cannot be used: ${text} (it holds no certificate in PEM form)`);
    expect(await reached({ PREFECT_API_SSL_CERT_FILE: join(folder, 'nowhere.pem') })).toMatch(/^PrefectSettingsError: PREFECT_API_SSL_CERT_FILE .*nowhere\.pem \(ENOENT/);
  });

  test.each([{ PREFECT_API_SSL_CERT_FILE: certificate }, { PREFECT_API_TLS_INSECURE_SKIP_VERIFY: 'true' }])('hears the heartbeat and the renewals too, which come from a thread: %o', async (env) => {
    const { tls } = settings(env);
    const before = asked.length;
    const end = startThread([{ name: 'heartbeat', url: `${url}/events`, tokenUrl: `${url}/csrf-token?client=`, headers: {}, body: '[]', everyMs: 20, verify: tls.verify, certificates: tls.certificates }], () => undefined);
    await expect.poll(() => asked.slice(before), { timeout: 20_000 }).toContain('POST /api/events');
    end();
  });
});
