import fc from 'fast-check';
import t from 'tap';
import { dnsTypeCode, dnsTypeName } from '../../runtime/wire/dns-record.ts';
import { arbU16 } from '../helpers/arb.ts';

t.test('types have the numbers of the IANA registry', async (t) => {
  const table = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, ANY: 255 } as const;
  for (const [name, code] of Object.entries(table)) t.equal(dnsTypeName(code), name);
  t.equal(dnsTypeName(65), 'TYPE65', 'an unknown one is written as in RFC 3597');
});

t.test('every number survives the way through its name', async () => {
  fc.assert(
    fc.property(arbU16, (code) => dnsTypeCode(dnsTypeName(code)) === code),
    { seed: 1 },
  );
});
