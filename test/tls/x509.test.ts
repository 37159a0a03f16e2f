/** Certificates: what is issued can be read, by this project and by OpenSSL; chains as mbed TLS judges them. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { toBase64 } from '../../runtime/core/index.ts';
import { BADCERT, usageFlags, verifyChain } from '../../runtime/tls/chain.ts';
import { issueCertificate, selfSigned } from '../../runtime/tls/issue.ts';
import { type PrivateKey, publicKeyOf, readPrivateKey, sign, verify } from '../../runtime/tls/keys.ts';
import { parsePem } from '../../runtime/tls/pem.ts';
import { type Certificate, matchesName, parseCertificate } from '../../runtime/tls/x509.ts';
import { authorityCertificate, identityFor } from '../../runtime/world/tls-identity.ts';
import { certificateFiles } from '../helpers/certificates.ts';
import { missing } from '../helpers/programs.ts';
import { certificateOf } from '../helpers/tls-pair.ts';

const { key } = identityFor(['x.test']);
const request = { serial: 5, notBefore: '20230101000000Z', notAfter: '20331231235959Z', key: publicKeyOf(key) };
const authority = (subject: string, issuer = subject): Certificate =>
  certificateOf(issueCertificate({ ...request, subject, issuer, names: [], isCa: true }, key));
const leaf = (issuer: string, names: readonly string[] = ['x.test']): Certificate =>
  certificateOf(issueCertificate({ ...request, subject: 'x.test', issuer, names, isCa: false }, key));

t.test('a chain leads to a root over intermediates, three at most', async (t) => {
  const root = authority('root');
  t.equal(verifyChain([leaf('root')], [root]), 0);
  const inner = ['a', 'b', 'c', 'd'].map((name, i, all) => authority(name, all[i + 1] ?? 'root'));
  t.equal(verifyChain([leaf('c'), ...inner.slice(2)], [root]), 0);
  t.equal(verifyChain([leaf('b'), ...inner.slice(1)], [root]), 0);
  t.equal(verifyChain([leaf('a'), ...inner], [root]), undefined);
  t.equal(verifyChain([leaf('c')], [root]), BADCERT.NOT_TRUSTED, 'the intermediate is missing');
  t.equal(verifyChain([], [root]), BADCERT.NOT_TRUSTED);
});

t.test('only authorities vouch, and only with their own signature', async (t) => {
  const impostor = leaf('root');
  t.equal(verifyChain([leaf('x.test'), impostor], [authority('root')]), BADCERT.NOT_TRUSTED);
  const rsa = identityFor(['x.test'], 'rsa').key;
  const forged = certificateOf(
    issueCertificate({ ...request, subject: 'x', issuer: 'root', names: [], isCa: false }, rsa),
  );
  t.equal(verifyChain([forged], [authority('root')]), BADCERT.NOT_TRUSTED);
});

t.test('a certificate that vouches for itself may be trusted by itself', async (t) => {
  const own = certificateOf(selfSigned({ ...request, subject: 'me', names: ['me'], isCa: false }, key));
  t.equal(verifyChain([own], [own]), 0);
  t.equal(verifyChain([own], [authority('root')]), BADCERT.NOT_TRUSTED);
});

t.test('dates and names, for those who look at them', async (t) => {
  const good = leaf('root', ['x.test', '*.y.test']);
  const roots = [authority('root')];
  const at = (year: number): number => Date.UTC(year, 6, 1) / 1000;
  t.equal(verifyChain([good], roots, { now: at(2024), host: 'X.test' }), 0);
  t.equal(verifyChain([good], roots, { now: at(2022) }), BADCERT.FUTURE);
  t.equal(verifyChain([good], roots, { now: at(2040) }), BADCERT.EXPIRED);
  t.equal(verifyChain([good], roots, { host: 'z.test' }), BADCERT.CN_MISMATCH);
  t.ok(matchesName(good, 'a.y.test'));
  t.notOk(matchesName(good, 'a.b.y.test'));
  t.notOk(matchesName(good, 'y.test'));
});

t.test('what a key is for', async (t) => {
  t.equal(usageFlags(leaf('root')), 0);
  t.equal(usageFlags(authority('root')), BADCERT.KEY_USAGE);
  t.equal(usageFlags(leaf('root'), '1.3.6.1.5.5.7.3.2'), BADCERT.EXT_KEY_USAGE);
});

t.test('garbage has a reason', async (t) => {
  const { raw } = leaf('root');
  t.same(parseCertificate(raw.subarray(0, 100)), { ok: false, error: 'malformed' });
  t.same(parseCertificate(new Uint8Array(3)), { ok: false, error: 'malformed' });
});

t.test('OpenSSL believes the authority of .test', { skip: missing('openssl') }, async (t) => {
  const dir = t.testdir({});
  const file = (name: string, der: Uint8Array): string => {
    const path = join(dir, name);
    writeFileSync(path, `-----BEGIN CERTIFICATE-----\n${toBase64(der)}\n-----END CERTIFICATE-----\n`);
    return path;
  };
  const ca = file('ca.pem', authorityCertificate().raw);
  for (const kind of ['good', 'rsa'] as const) {
    const own = file(`${kind}.pem`, identityFor(['x.test'], kind).chain[0] as Uint8Array);
    const args = ['verify', '-x509_strict', '-CAfile', ca, '-verify_hostname', 'x.test', '-purpose', 'sslserver', own];
    const { stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
    t.match(stdout, /: OK/, stderr);
  }
});

t.test('keys and certificates of OpenSSL are understood', { skip: missing('openssl') }, async (t) => {
  const files = await certificateFiles(t, 'a.test');
  const pem = (name: string): Uint8Array =>
    parsePem(readFileSync(files.path(name), 'utf8')).find(({ label }) => !label.includes('PARAM'))?.bytes ??
    new Uint8Array(0);
  const root = certificateOf(pem('ca.pem'));
  const message = new Uint8Array(1000).fill(7);
  for (const kind of ['ec', 'rsa']) {
    const own = certificateOf(pem(`${kind}.pem`));
    t.same(own.names, ['a.test']);
    t.equal(verifyChain([own], [root]), 0);
    const forms = ['', '-traditional'].map((form) => {
      const out = files.path(`${kind}${form}.der`);
      const tool = form === '' ? ['pkcs8', '-topk8', '-nocrypt'] : ['pkey', '-traditional'];
      spawnSync('openssl', [...tool, '-in', files.path(`${kind}.key`), '-outform', 'DER', '-out', out]);
      return new Uint8Array(readFileSync(out));
    });
    for (const form of forms) {
      const secret = readPrivateKey(form) as PrivateKey;
      for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
        const signature = sign(secret, hash, message) ?? new Uint8Array(0);
        t.ok(verify(own.key, hash, message, signature));
        t.notOk(verify(own.key, hash, message.subarray(1), signature));
      }
    }
  }
});
