import fc from 'fast-check';
import t from 'tap';
import { ipaddrAton } from '../../runtime/stack/index.ts';
import { formatIpv4, parseIpv4 } from '../../runtime/wire/index.ts';
import { arbIpv4 } from '../helpers/arb.ts';

const read = (text: string): string | undefined => {
  const addr = ipaddrAton(text);
  return addr === undefined ? undefined : formatIpv4(addr);
};

const ACCEPTED = [
  ['192.168.1.50', '192.168.1.50'],
  ['10.1', '10.0.0.1'],
  ['10.1.2', '10.1.0.2'],
  ['172.16.65535', '172.16.255.255'],
  ['3232235826', '192.168.1.50'],
  ['1', '0.0.0.1'],
  ['0', '0.0.0.0'],
  ['0x7f.0.0.0x1', '127.0.0.1'],
  ['0XC0A80132', '192.168.1.50'],
  ['0x', '0.0.0.0'],
  ['010.010.010.010', '8.8.8.8'],
  ['08.09.1.1', '8.9.1.1'],
  ['1.2.3.4 and so on', '1.2.3.4'],
  ['1.2.3.4\n', '1.2.3.4'],
  ['1.2.3.4\0x', '1.2.3.4'],
  ['255.255.255.255', '255.255.255.255'],
  ['8.8', '8.0.0.8'],
] as const;

for (const [text, address] of ACCEPTED) {
  t.test(`${JSON.stringify(text)} is ${address}`, async (t) => {
    t.equal(read(text), address);
  });
}

const REFUSED = [
  '',
  ' 1.2.3.4',
  'a',
  '1.2.3.4.5',
  '1.2.3.4.',
  '1..2',
  '.1',
  '1.2.3.256',
  '256.1',
  '1.16777216',
  '1.2.65536',
  '4294967296',
  '0x1ffffffff',
  '1.2.3.4x',
  '1.2.3.g',
  '12a.1',
  '-1',
  'host.example',
];

for (const text of REFUSED) {
  t.test(`${JSON.stringify(text)} is no address`, async (t) => {
    t.equal(read(text), undefined);
  });
}

t.test('every dotted quad reads as a strict parser reads it', async () => {
  fc.assert(
    fc.property(arbIpv4, (addr) => ipaddrAton(formatIpv4(addr)) === parseIpv4(formatIpv4(addr))),
    { seed: 1 },
  );
});
