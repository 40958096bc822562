import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';

/** A request that somebody meant for a service on the internet. */
export interface Intercepted {
  readonly host: string;
  readonly path: string;
  readonly body: string;
}

/** An environment in which every HTTPS address leads to this machine, and what came. */
export interface InterceptedHttps {
  readonly env: NodeJS.ProcessEnv;
  readonly requests: readonly Intercepted[];
  /** What its services show, for another that stands beside them. */
  readonly tls: { readonly key: string; readonly cert: string };
  close(): void;
}

/** A certificate for some hosts, which is its own authority. */
const makeCertificate = `
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

folder, *hosts = sys.argv[1:]
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "intercepted")])
now = datetime.now(timezone.utc)
usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in hosts]), False)
builder = builder.add_extension(x509.BasicConstraints(True, None), True).add_extension(usage, True).add_extension(identifier, False)
pem = serialization.Encoding.PEM
(Path(folder) / "cert.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem))
print(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode())
`;

/**
 * Stands in for services that are reached by HTTPS under their own names: what a program sends through the proxy
 * of `env` comes here, over TLS, and is answered with 202.
 * @param python has the package cryptography
 * @param folder where the certificate is written, for programs to trust
 */
export async function interceptHttps(python: string, folder: string, hosts: readonly string[]): Promise<InterceptedHttps> {
  const { stdout: key } = await execa(python, ['-c', makeCertificate, folder, ...hosts]);
  const file = join(folder, 'cert.pem');
  const cert = await readFile(file, 'utf8');
  const requests: Intercepted[] = [];
  const services = createSecureServer({ key, cert }, (request, response) => {
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => {
      requests.push({ host: request.headers.host ?? '', path: request.url ?? '', body });
      // Slack answers "ok", the others with any 2xx.
      response.writeHead(request.headers.host === 'hooks.slack.com' ? 200 : 202).end('ok');
    });
  });
  const { port } = await listening(services);
  const proxy = createServer((_, response) => response.writeHead(502).end());
  proxy.on('connect', (_, socket) => {
    const service = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 connected\r\n\r\n');
      service.pipe(socket).pipe(service);
    });
    for (const each of [service, socket]) each.on('error', () => undefined);
  });
  const address = `http://127.0.0.1:${(await listening(proxy)).port}`;
  return {
    env: { HTTPS_PROXY: address, https_proxy: address, REQUESTS_CA_BUNDLE: file, SSL_CERT_FILE: file },
    requests,
    tls: { key, cert },
    close: () => [services, proxy].forEach((each) => each.close()),
  };
}

function listening(server: Server): Promise<AddressInfo> {
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address() as AddressInfo)));
}
