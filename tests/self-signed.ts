import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Files of a certificate for this machine that is its own authority, which no machine trusts. */
export interface SelfSigned {
  readonly key: string;
  readonly certificate: string;
}

/** @throws where openssl is not there: it makes a new one for each run */
export function selfSigned(folder: string, name = 'localhost'): SelfSigned {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  return { key, certificate };
}

/** The same; undefined where nobody can make one, and why is said, for tests that are then skipped. */
export function selfSignedIfPossible(folder: string): SelfSigned | undefined {
  try {
    return selfSigned(folder);
  } catch {
    process.stderr.write('skipped: openssl, which makes the certificate, is not on this machine\n');
    return undefined;
  }
}
