import { describe, expect, it } from 'vitest';
import { explainReach, explainToolFailure } from '../../src/edge/python-environment-failure.ts';

const failed = (tool: 'uv' | 'pip', output: string, timedOut = false) => explainToolFailure({ tool, output, timedOut, seconds: 12.4, folder: '/somewhere' }, undefined);
const index = 'http://127.0.0.1:4100';

// What uv 0.13 and pip 23 to 26 really print.
const uv = (cause: string, scheme = 'http'): string => `error: Failed to fetch: ${scheme}://127.0.0.1:4100/simple/polars/\n  cause: error sending request\n  cause: ${cause}`;
const pip = (cause: string): string => `WARNING: Retrying (Retry(total=1, connect=None)) after connection broken by '${cause}': /simple/polars/\nERROR: Could not find a version that satisfies the requirement polars (from versions: none)\nERROR: No matching distribution found for polars`;

describe('what a failed tool says', () => {
  it.each([
    ['uv, refused', failed('uv', uv('tcp connect error\n  cause: Connection refused (os error 111)')), 'E_INDEX_UNREACHABLE', { index, reason: 'refused' }],
    ['uv, silent', failed('uv', uv('operation timed out')), 'E_INDEX_UNREACHABLE', { index, reason: 'silent' }],
    ['uv, no such name', failed('uv', uv('dns error\n  cause: failed to lookup address information: Name or service not known')), 'E_INDEX_UNREACHABLE', { index, reason: 'name' }],
    ['uv, certificate', failed('uv', uv('invalid peer certificate: UnknownIssuer', 'https')), 'E_CERTIFICATE_UNKNOWN', { host: '127.0.0.1:4100' }],
    ['uv, proxy credentials', failed('uv', uv('tunnel error: proxy authorization required')), 'E_PROXY', { proxy: '(HTTP_PROXY / HTTPS_PROXY)', reason: 'credentials' }],
    ['uv, proxy down', failed('uv', uv('tunnel error: failed to create underlying connection\n  cause: Connection refused (os error 111)')), 'E_PROXY', { proxy: '(HTTP_PROXY / HTTPS_PROXY)', reason: 'refused' }],
    ['uv, forbidden', failed('uv', 'error: No solution found\n\nhint: An index (http://127.0.0.1:4100/simple) returned a 403 Forbidden error.'), 'E_INDEX_UNREACHABLE', { index, reason: 'denied' }],
    ['uv, not there', failed('uv', 'error: No solution found\n  cause: Because polars was not found in the package registry and you require polars'), 'E_INDEX_LACKS', { requirement: 'polars', index: '(pip, uv)' }],
    ['pip, refused', failed('pip', pip("NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object>: Failed to establish a new connection: [Errno 111] Connection refused')")), 'E_INDEX_UNREACHABLE', { reason: 'refused' }],
    ['pip, silent', failed('pip', pip("ReadTimeoutError(\"HTTPConnectionPool(host='127.0.0.1', port=4100): Read timed out. (read timeout=1.0)\")")), 'E_INDEX_UNREACHABLE', { index, reason: 'silent' }],
    ['pip, certificate', failed('pip', "Could not fetch URL https://127.0.0.1:4100/simple/polars/: There was a problem confirming the ssl certificate: (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))) - skipping"), 'E_CERTIFICATE_UNKNOWN', { host: '127.0.0.1:4100' }],
    ['pip, proxy', failed('pip', pip("ProxyError('Cannot connect to proxy.', NewConnectionError('[Errno 111] Connection refused'))")), 'E_PROXY', { reason: 'refused' }],
    ['pip, disk', failed('pip', "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"), 'E_DISK_FULL', { folder: '/somewhere' }],
    ['out of time', failed('uv', 'Resolved 80 packages in 1.2s', true), 'E_INSTALL_SLOW', { tool: 'uv', seconds: 12 }],
    ['anything else', failed('uv', 'error: Failed to build `x`\n  cause: exit code 1'), 'E_INSTALL_FAILED', { tool: 'uv', detail: 'error: Failed to build `x` / cause: exit code 1' }],
  ])('%s', (_, problem, code, args) => {
    expect(problem).toMatchObject({ code, args });
  });

  it('shows no credentials', () => {
    const problem = failed('uv', 'error: Failed to fetch: https://ana:s3cr3t@packages.example/simple/polars/\n  cause: Connection refused (os error 111)');
    expect(JSON.stringify(problem)).not.toContain('s3cr3t');
    expect(problem).toMatchObject({ args: { index: 'https://packages.example' } });
  });
});

describe('what one request shows', () => {
  it.each([
    [{ kind: 'answers', status: 200 }, undefined],
    [{ kind: 'answers', status: 403 }, 'E_INDEX_UNREACHABLE'],
    [{ kind: 'answers', status: 502 }, 'E_INDEX_UNREACHABLE'],
    [{ kind: 'silent', detail: '' }, 'E_INDEX_UNREACHABLE'],
    [{ kind: 'certificate', detail: '' }, 'E_CERTIFICATE_UNKNOWN'],
    [{ kind: 'proxy', reason: 'credentials', proxy: 'http://proxy.example:3128' }, 'E_PROXY'],
  ] as const)('%j', (seen, code) => {
    expect(explainReach(seen, 'https://packages.example/simple')?.code).toBe(code);
  });
});
