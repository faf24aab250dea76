/** Certificates for a broker on loopback and its clients, made by openssl and good for a month. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../engine-process.ts';

const OPENSSL_MAX_MS = 30_000;
const DAYS = '30';

/** PEM files. */
export interface Certificates {
  authority: string;
  /** The broker's key, certificate and authority in one file, as Kafka reads it. */
  broker: string;
  clientCertificate: string;
  clientKey: string;
}

/** Makes an authority, a broker certificate for 127.0.0.1 and localhost, and one for a client. The folder must exist. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const openssl = (...args: string[]) =>
    runTool({ name: 'openssl', program: 'openssl', args, folder, max_ms: OPENSSL_MAX_MS });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout'];
  await openssl(
    ...['req', '-x509', ...key, 'ca.key', '-out', 'ca.crt', '-days', DAYS, '-subj', '/CN=daymark-engines'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  );
  const uses = 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n';
  await writeFile(join(folder, 'uses.cnf'), uses);
  for (const name of ['broker', 'client']) {
    await openssl('req', ...key, `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    await openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-out', `${name}.crt`, '-days', DAYS, '-extfile', 'uses.cnf'],
    );
  }
  const parts = await Promise.all(
    ['broker.key', 'broker.crt', 'ca.crt'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  await writeFile(join(folder, 'broker.pem'), parts.join(''));
  return {
    authority: join(folder, 'ca.crt'),
    broker: join(folder, 'broker.pem'),
    clientCertificate: join(folder, 'client.crt'),
    clientKey: join(folder, 'client.key'),
  };
}
