import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import fc from 'fast-check';
import t from 'tap';
import { concat, hex, SimulatorFault } from '../../runtime/core/index.ts';
import { ipv4 } from '../../runtime/wire/address.ts';
import {
  DNS_HLEN,
  type DnsMessage,
  dnsMessage,
  emitDns,
  isDnsName,
  parseDns,
  RCODE_NXDOMAIN,
} from '../../runtime/wire/dns.ts';
import type { DnsQuestion, DnsRecord } from '../../runtime/wire/dns-record.ts';
import { arbBytes, arbIpv4, arbName, arbText, arbU16, arbU32, compact, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const flag = fc.constantFrom(true as const, undefined);
const name = fc.oneof(arbName, fc.constant('.'));
const latin1 = arbText(255);

const arbQuestion: fc.Arbitrary<DnsQuestion> = record({
  name,
  type: fc.constantFrom('A' as const, 'ANY' as const, 'PTR' as const, 'SRV' as const, 'TYPE65' as const),
  class: fc.constantFrom(1, 3, 255),
  unicast: flag,
}).map((question) => compact<DnsQuestion>(question));

const arbData: fc.Arbitrary<Pick<DnsRecord, 'type' | 'data'>> = fc.oneof(
  record({ type: fc.constant('A' as const), data: arbIpv4 }),
  record({ type: fc.constant('AAAA' as const), data: fc.constantFrom('::', '::1', 'fe80::1', '2001:db8:1:2:3:4:5:6') }),
  record({ type: fc.constantFrom('CNAME' as const, 'NS' as const, 'PTR' as const), data: name }),
  record({
    type: fc.constant('SRV' as const),
    data: record({ priority: arbU16, weight: arbU16, port: arbU16, target: name }),
  }),
  record({ type: fc.constant('TXT' as const), data: fc.array(latin1, { maxLength: 3 }) }),
  record({
    type: fc.constant('SOA' as const),
    data: record({
      mname: name,
      rname: name,
      serial: arbU32,
      refresh: arbU32,
      retry: arbU32,
      expire: arbU32,
      minimum: arbU32,
    }),
  }),
  record({ type: fc.constantFrom('TYPE41' as const, 'TYPE255' as const), data: arbBytes(60) }),
);

const arbRecord: fc.Arbitrary<DnsRecord> = fc
  .tuple(record({ name, ttl: arbU32, class: fc.constantFrom(undefined, 3), flush: flag }), arbData)
  .map(([head, data]) => compact({ ...head, ...data }) as DnsRecord);

const list = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(values, { maxLength: 3 });

const arbMessage: fc.Arbitrary<DnsMessage> = record({
  id: arbU16,
  response: fc.boolean(),
  opcode: fc.nat(15),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  rcode: fc.nat(15),
  questions: list(arbQuestion),
  answers: list(arbRecord),
  authorities: list(arbRecord),
  additionals: list(arbRecord),
});

const QUERY = bytes(`
  0007 0100              | id 7, recursion desired
  0001 0000 0000 0000    | one question
  04 74657374  07 6578616d706c65  00   | test.example
  0001 0001              | A, IN
`);

/** _http._tcp.local and esp.local. */
const HTTP = '05 5f68747470 04 5f746370 05 6c6f63616c 00';
const ESP = '03 657370 05 6c6f63616c 00';

codecLaws(t, { parse: parseDns, emit: emitDns, reasons: ['malformed'], shortest: DNS_HLEN }, arbMessage, [
  {
    what: 'a query',
    bytes: QUERY,
    value: dnsMessage({
      id: 7,
      recursionDesired: true,
      questions: [{ name: 'test.example', type: 'A', class: 1 }],
    }),
  },
  {
    what: 'a multicast announcement',
    bytes: bytes(`
      0000 8400  0000 0002 0000 0002               | authoritative response, 2 answers, 2 additionals
      ${HTTP} 000c 0001 00001194 0016              | PTR, IN, 4500 s, 22 bytes
        03 657370 ${HTTP}                          | esp._http._tcp.local
      03 657370 ${HTTP} 0021 8001 00000078 0011    | SRV, IN with cache flush, 120 s, 17 bytes
        0000 0000 0050 ${ESP}                      | priority, weight, port 80, esp.local
      03 657370 ${HTTP} 0010 8001 00001194 0007    | TXT
        06 706174683d2f                            | path=/
      ${ESP} 0001 8001 00000078 0004 c0a80132      | A 192.168.1.50
    `),
    value: dnsMessage({
      response: true,
      authoritative: true,
      answers: [
        { name: '_http._tcp.local', type: 'PTR', ttl: 4500, data: 'esp._http._tcp.local' },
        {
          name: 'esp._http._tcp.local',
          type: 'SRV',
          ttl: 120,
          flush: true,
          data: { priority: 0, weight: 0, port: 80, target: 'esp.local' },
        },
      ],
      additionals: [
        { name: 'esp._http._tcp.local', type: 'TXT', ttl: 4500, flush: true, data: ['path=/'] },
        { name: 'esp.local', type: 'A', ttl: 120, flush: true, data: ipv4(192, 168, 1, 50) },
      ],
    }),
  },
  {
    what: 'a refusal with the zone it comes from',
    bytes: bytes(`
      0007 8583  0000 0000 0001 0000               | authoritative, RD, RA, NXDOMAIN; 1 authority
      02 6c74 00 0006 0001 0000003c 001f           | lt, SOA, 31 bytes
        02 6e73 00  03 612e62 01 63 00             | ns; a mailbox with a dot in its first label
        00000001 00000002 00000003 00000004 00000005
    `),
    value: dnsMessage({
      id: 7,
      response: true,
      authoritative: true,
      recursionDesired: true,
      recursionAvailable: true,
      rcode: RCODE_NXDOMAIN,
      authorities: [
        {
          name: 'lt',
          type: 'SOA',
          ttl: 60,
          data: { mname: 'ns', rname: 'a\\.b.c', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
        },
      ],
    }),
  },
]);

t.test('compressed names are followed, forward pointers and loops are malformed', async (t) => {
  const answer = (pointer: string) =>
    parseDns(
      bytes(`
        0007 8180 0001 0001 0000 0000
        04 74657374 00 0001 0001          | test, at offset 12
        ${pointer} 0001 0001 0000003c 0004 01020304
      `),
    );
  t.match(answer('c00c'), { ok: true, value: { answers: [{ name: 'test', data: ipv4(1, 2, 3, 4) }] } });
  t.match(answer('01 61 c00c'), { ok: true, value: { answers: [{ name: 'a.test' }] } });
  t.same(answer('c016'), { ok: false, error: 'malformed' }, 'a pointer to itself');
  t.same(answer('c030'), { ok: false, error: 'malformed' }, 'a pointer ahead');
  t.same(answer('40'), { ok: false, error: 'malformed' }, 'a reserved label type');
});

t.test('data of another length than its type needs is malformed', async (t) => {
  const answer = (type: string, data: string) =>
    parseDns(bytes(`0007 8180 0000 0001 0000 0000  00 ${type} 0001 00000000 ${data}`)).ok;
  t.ok(answer('0001', '0004 01020304'));
  t.notOk(answer('0001', '0003 010203'));
  t.notOk(answer('0001', '0005 0102030405'));
  t.notOk(answer('001c', '0004 01020304'));
  t.notOk(answer('0005', '0004 01 61 00 00'), 'a byte behind the name');
  t.notOk(answer('0010', '0002 05 61'), 'a text longer than the data');
  t.notOk(answer('0010', '0009 00'), 'data longer than the message');
  t.ok(answer('0041', '0002 0102'), 'unknown types have any length');
});

t.test('a message cut anywhere is malformed', async (t) => {
  for (let length = 0; length < QUERY.length; length++)
    t.same(parseDns(QUERY.subarray(0, length)), { ok: false, error: 'malformed' });
});

t.test('bytes behind the last record are ignored', async (t) => {
  t.same(parseDns(concat(QUERY, bytes('a5a5'))), parseDns(QUERY));
});

t.test('a multicast question may welcome a unicast answer', async (t) => {
  const questions = [{ name: 'esp.local', type: 'A', class: 1, unicast: true }] as const;
  t.equal(hex(emitDns(dnsMessage({ questions }))).slice(-4), '8001');
});

t.test('what no message can carry is a fault of the caller, and isDnsName tells beforehand', async (t) => {
  for (const bad of ['', 'a..b', '.a', `${'x'.repeat(64)}.b`, `${'abc.'.repeat(64)}de`]) {
    t.notOk(isDnsName(bad), JSON.stringify(bad));
    const message = dnsMessage({ questions: [{ name: bad, type: 'A', class: 1 }] });
    t.throws(() => emitDns(message), SimulatorFault);
  }
  for (const good of ['.', 'a', 'a.', `${'x'.repeat(63)}.b`, 'abc.'.repeat(63)]) {
    t.ok(isDnsName(good), JSON.stringify(good));
    t.ok(parseDns(emitDns(dnsMessage({ questions: [{ name: good, type: 'A', class: 1 }] }))).ok);
  }
  const answers = [{ name: 'a', type: 'TXT', ttl: 0, data: ['x'.repeat(256)] }] as const;
  t.throws(() => emitDns(dnsMessage({ answers })), SimulatorFault);
});

t.test('it works in a bare JavaScript realm, with nothing in the place of Buffer', async () => {
  const bundle = await build({
    stdin: {
      contents: `
        import { emitDns, parseDns } from './runtime/wire/dns.ts';
        globalThis.roundTrip = (bytes) => emitDns(parseDns(Uint8Array.from(bytes)).value);
      `,
      resolveDir: new URL('../..', import.meta.url).pathname,
    },
    bundle: true,
    write: false,
    platform: 'neutral',
    mainFields: ['main'],
    plugins: [
      {
        name: 'no-buffer',
        setup(build) {
          build.onResolve({ filter: /^buffer$/ }, () => ({ path: 'buffer', namespace: 'nothing' }));
          build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {}' }));
        },
      },
    ],
  });
  const realm: { roundTrip?: (bytes: number[]) => Iterable<number> } = {};
  runInNewContext(bundle.outputFiles[0]?.text ?? '', realm);
  fc.assert(
    fc.property(arbMessage, (message) => {
      const out = emitDns(message);
      return hex(Uint8Array.from(realm.roundTrip?.([...out]) ?? [])) === hex(out);
    }),
    { seed: 1, numRuns: 100 },
  );
});
