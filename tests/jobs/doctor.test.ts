import { describe, expect, it } from 'vitest';
import { problem } from '../../src/errors/failure.ts';
import type { Finding } from '../../src/jobs/doctor.ts';
import { doctorExit, drawFindings, examine, findingsData } from '../../src/jobs/doctor.ts';
import type { DoctorProbes } from '../../src/jobs/ports.ts';

const healthy: DoctorProbes = {
  node: async () => ({ version: '20.20.2' }),
  python: async () => ({ version: '3.11.7', path: '/usr/bin/python3' }),
  uv: async () => ({ version: '0.13.9' }),
  packageIndex: async () => ({ address: 'https://packages.example' }),
  npmRegistry: async () => ({ address: 'https://npm.example' }),
  certificates: async () => [],
  proxies: async () => ({ sparesLoopback: true, found: [] }),
  git: async () => ({ version: '2.39.5' }),
  prefect: async () => ({ version: '3.9.1' }),
  prefectApi: async () => ({ address: 'http://127.0.0.1:4200/api' }),
  port: async () => ({ port: 4200 }),
  disk: async () => ({ folder: '/home/ana', freeBytes: 5e9, writable: true }),
};

const plain = (_: string, text: string): string => text;

async function layer(name: Finding['layer'], probes: Partial<DoctorProbes>): Promise<Finding | undefined> {
  return (await examine({ ...healthy, ...probes })).find((each) => each.layer === name && each.status !== 'ok');
}

describe('doctor', () => {
  it('has nothing to say about a machine that is well', async () => {
    const findings = await examine(healthy);
    expect(findings.map((each) => each.status)).toEqual(Array.from({ length: 12 }, () => 'ok'));
    expect(doctorExit(findings)).toBe(0);
    expect(drawFindings(findings, 'en', plain)).toContain('Nothing stands in the way.');
  });

  it.each<[string, Finding['layer'], Partial<DoctorProbes>, Partial<Finding>]>([
    ['an old Node', 'node', { node: async () => ({ version: '18.19.0' }) }, { status: 'fail' }],
    ['a Node between the floors', 'node', { node: async () => ({ version: '22.11.0' }) }, { status: 'fail' }],
    ['no Python', 'python', { python: async () => ({ problem: problem('E_PYTHON_MISSING', { asked: ['python3'], storeAlias: true }) }) }, { status: 'fail', code: 'E_PYTHON_MISSING' }],
    ['a Python in parts, with uv', 'python', { python: async () => ({ version: '3.11.2', path: '/usr/bin/python3', missingModule: 'ensurepip' }) }, { status: 'warn', code: 'E_PYTHON_INCOMPLETE' }],
    ['a Python in parts, without', 'python', { uv: async () => ({}), python: async () => ({ version: '3.11.2', path: '/usr/bin/python3', missingModule: 'ensurepip' }) }, { status: 'fail' }],
    ['a silent index', 'package-index', { packageIndex: async () => ({ problem: problem('E_INDEX_UNREACHABLE', { index: 'https://packages.example', reason: 'silent' }) }) }, { status: 'fail', code: 'E_INDEX_UNREACHABLE' }],
    ['a registry that only plop needs', 'npm-registry', { npmRegistry: async () => ({ problem: problem('E_CERTIFICATE_UNKNOWN', { host: 'npm.example' }) }) }, { status: 'warn', code: 'E_CERTIFICATE_UNKNOWN' }],
    ['authorities that are gone', 'certificates', { certificates: async () => [{ variable: 'SSL_CERT_FILE', file: '/gone.pem', readable: false }] }, { status: 'fail' }],
    ['a proxy that is down', 'proxy', { proxies: async () => ({ sparesLoopback: true, found: [{ variable: 'HTTPS_PROXY', problem: problem('E_PROXY', { proxy: 'http://proxy.example:3128', reason: 'refused' }) }] }) }, { status: 'fail', code: 'E_PROXY' }],
    ['a proxy that takes loopback', 'proxy', { proxies: async () => ({ sparesLoopback: false, found: [{ variable: 'HTTPS_PROXY', address: 'http://proxy.example:3128' }] }) }, { status: 'warn' }],
    ['no git', 'git', { git: async () => ({}) }, { status: 'warn' }],
    ['an old Prefect', 'prefect', { prefect: async () => ({ problem: problem('E_PREFECT_OLD', { found: '3.4.0', needed: '3.9.0' }) }) }, { status: 'fail', code: 'E_PREFECT_OLD' }],
    ['an API that is away', 'prefect-api', { prefectApi: async () => ({ problem: problem('E_PREFECT_UNREACHABLE', { url: 'http://127.0.0.1:4200/api', detail: 'refused' }) }) }, { status: 'fail', code: 'E_PREFECT_UNREACHABLE' }],
    ['a port that another program has', 'port', { port: async () => ({ port: 4200, takenBy: 'other' }) }, { status: 'warn', code: 'E_PORT_TAKEN' }],
    ['a full disk', 'disk', { disk: async () => ({ folder: '/home/ana', freeBytes: 1e6, writable: true }) }, { status: 'fail', code: 'E_DISK_FULL' }],
    ['a nearly full disk', 'disk', { disk: async () => ({ folder: '/home/ana', freeBytes: 5e8, writable: true }) }, { status: 'warn' }],
    ['a folder of somebody else', 'disk', { disk: async () => ({ folder: '/root', freeBytes: 5e9, writable: false }) }, { status: 'fail', code: 'E_FOLDER_NOT_WRITABLE' }],
  ])('names the layer of %s', async (_, name, probes, expected) => {
    const found = await layer(name, probes);
    expect(found).toMatchObject(expected);
    for (const text of [found?.what, found?.fix]) {
      expect(text?.en).toBeTruthy();
      expect(text?.es).toBeTruthy();
      expect(text?.es).not.toBe(text?.en);
    }
    expect(doctorExit(await examine({ ...healthy, ...probes }))).toBe(expected.status === 'fail' ? 3 : 0);
  });

  it('speaks both languages, and its data keeps its keys', async () => {
    const findings = await examine({ ...healthy, git: async () => ({}) });
    expect(drawFindings(findings, 'es', plain)).toContain('No hay git.');
    const data = findingsData(findings, 'es') as { layers: { layer: string; status: string; what: string }[] };
    expect(data).toMatchObject({ schemaVersion: 1, command: 'doctor', ok: true });
    expect(data.layers.find((each) => each.layer === 'git')).toMatchObject({ status: 'warn', what: 'No hay git.' });
  });
});
