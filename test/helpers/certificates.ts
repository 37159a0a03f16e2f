/** An authority and servers' certificates made by OpenSSL, as files, for programs that nobody here wrote. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { run } from './programs.ts';

export interface CertificateFiles {
  readonly dir: string;
  /** The authority's certificate, as PEM. */
  readonly ca: string;
  /** Paths: `ec.pem` and `ec.key`, `rsa.pem` and `rsa.key`, `ca.pem`, `stranger.pem` (another authority). */
  path(name: string): string;
}

export async function certificateFiles(t: Test, name: string): Promise<CertificateFiles> {
  const dir = t.testdir({ 'ext.cnf': `subjectAltName=DNS:${name}\nbasicConstraints=CA:FALSE\n` });
  const path = (file: string): string => join(dir, file);
  const openssl = (...args: string[]): Promise<string> => run('openssl', ...args);
  const ecKey = (file: string): Promise<string> =>
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', path(file));
  for (const authority of ['ca', 'stranger']) {
    await ecKey(`${authority}.key`);
    const subject = ['-subj', `/CN=${authority}`, '-days', '30'];
    await openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      path(`${authority}.key`),
      '-out',
      path(`${authority}.pem`),
      ...subject,
    );
  }
  await ecKey('ec.key');
  await openssl('genrsa', '-out', path('rsa.key'), '2048');
  for (const kind of ['ec', 'rsa']) {
    await openssl('req', '-new', '-key', path(`${kind}.key`), '-subj', `/CN=${name}`, '-out', path(`${kind}.csr`));
    const by = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-set_serial', '7', '-days', '30'];
    const out = ['-extfile', path('ext.cnf'), '-out', path(`${kind}.pem`)];
    await openssl('x509', '-req', '-in', path(`${kind}.csr`), ...by, ...out);
  }
  return { dir, ca: readFileSync(path('ca.pem'), 'utf8'), path };
}
