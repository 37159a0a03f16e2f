import fc from 'fast-check';
import t from 'tap';
import { concat } from '../../runtime/core/index.ts';
import { describeFrame, describeIpv4 } from '../../runtime/wire/describe.ts';
import { bytes } from '../helpers/bytes.ts';
import { HOST_MAC, packet, SAMPLES } from '../helpers/sample-frames.ts';

for (const { what, frame, line } of SAMPLES) {
  t.test(`${what} is described`, async (t) => {
    t.equal(describeFrame(frame), line);
  });
}

t.test('a packet without its Ethernet header is described alike', async (t) => {
  const { frame, line } = SAMPLES.find(({ what }) => what === 'a SYN') ?? { frame: new Uint8Array(0), line: '' };
  t.equal(describeIpv4(frame.subarray(14)), line);
});

t.test('what cannot be parsed is named and shown', async (t) => {
  const MACS = '5ccf7f123456 021122334455';
  t.equal(describeFrame(bytes('0102')), 'truncated frame, length 2: 0102');
  t.equal(describeFrame(bytes(`${MACS} 0800 45`)), 'IP truncated: 45');
  t.equal(describeFrame(bytes(`${MACS} 0806 0001`)), 'ARP truncated: 0001');
  t.equal(describeFrame(bytes(`${MACS} 888e 01`)), 'EAPOL truncated: 01');
  t.equal(describeFrame(bytes(`${MACS} 888e 02 09 0000`)), 'EAPOL type 9 v2, length 0');
  t.equal(
    describeFrame(bytes(`${MACS} 86dd 60`)),
    '02:11:22:33:44:55 > 5c:cf:7f:12:34:56, ethertype 0x86dd, length 1: 60',
  );
  t.equal(
    describeFrame(bytes(`${MACS} 0806 0001 0800 06 04 0009 5ccf7f123456 00000000 000000000000 00000000`)),
    'ARP, op 9 from 5c:cf:7f:12:34:56',
  );
});

t.test('a wrong header checksum is said', async (t) => {
  const frame = packet(HOST_MAC, { protocol: 99, payload: bytes('01') });
  frame[24] = (frame[24] ?? 0) ^ 1;
  t.equal(describeFrame(frame), 'IP 192.168.1.50 > 192.168.1.1: proto 99, length 1: 01 (bad ip cksum)');
});

t.test('no frame makes it throw or print more than one line of ASCII', async () => {
  const samples = fc.constantFrom(...SAMPLES.map(({ frame }) => frame));
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 });
  fc.assert(
    fc.property(samples, changes, fc.nat(), fc.uint8Array({ maxLength: 40 }), (sample, list, cut, tail) => {
      const frame = sample.slice();
      for (const [at, byte] of list) frame[at % frame.length] = byte;
      const length = cut % (2 * frame.length);
      return /^[ -~]+…?[ -~]*$/.test(describeFrame(concat(frame.subarray(0, length), tail)));
    }),
    { seed: 1, numRuns: 3000 },
  );
});
