import t from 'tap';
import { fromLatin1 } from '../../runtime/core/index.ts';
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  emitArp,
  emitEthernet,
  emitIpv4,
  emitTcp,
  emitUdp,
  type Ipv4Address,
  ipv4,
  MAC_BROADCAST,
  MAC_ZERO,
  type MacAddress,
  parseFilter,
  TCP_ACK,
  TCP_PSH,
  TCP_SYN,
} from '../../runtime/wire/index.ts';

const A = ipv4(192, 168, 1, 50);
const B = ipv4(192, 168, 1, 20);
const MAC_A = 0x5ccf7f123456 as MacAddress;
const MAC_B = 0x02000a000001 as MacAddress;

function packet(protocol: number, payload: Uint8Array, src: Ipv4Address = A, dst: Ipv4Address = B): Uint8Array {
  const ip = emitIpv4({
    tos: 0,
    id: 1,
    flags: { df: false, mf: false },
    fragOffset: 0,
    ttl: 64,
    protocol,
    src,
    dst,
    options: new Uint8Array(0),
    payload,
  });
  return emitEthernet({ src: MAC_A, dst: MAC_B, etherType: ETHERTYPE_IPV4, payload: ip });
}

const segment = (flags: number, text = ''): Uint8Array =>
  packet(
    6,
    emitTcp(
      {
        srcPort: 49153,
        dstPort: 80,
        seq: 1,
        ack: 1,
        flags,
        window: 1,
        urgent: 0,
        options: {},
        payload: fromLatin1(text),
      },
      A,
      B,
    ),
  );
const FRAMES = {
  syn: segment(TCP_SYN),
  get: segment(TCP_ACK | TCP_PSH, 'GET / HTTP/1.0'),
  dns: packet(17, emitUdp({ srcPort: 4096, dstPort: 53, payload: fromLatin1('?') }, A, B)),
  arp: emitEthernet({
    src: MAC_A,
    dst: MAC_BROADCAST,
    etherType: ETHERTYPE_ARP,
    payload: emitArp({ op: 1, senderMac: MAC_A, senderIp: A, targetMac: MAC_ZERO, targetIp: B }),
  }),
};

const meant = (text: string): string => {
  const filter = parseFilter(text, (name) => (name === 'pc.test' ? B : undefined));
  if (!filter.ok) return `${filter.error.at}: ${filter.error.message}`;
  return Object.entries(FRAMES)
    .filter(([, frame]) => filter.value(frame))
    .map(([name]) => name)
    .join(' ');
};

t.test('a filter picks the frames that tcpdump would', async (t) => {
  for (const [text, names] of [
    ['tcp', 'syn get'],
    ['udp or arp', 'dns arp'],
    ['not ip', 'arp'],
    ['tcp port 80 and not syn', 'get'],
    ['dst port 53', 'dns'],
    ['src port 53', ''],
    ['host 192.168.1.20', 'syn get dns arp'],
    ['src host pc.test', ''],
    ['dst pc.test && (udp || syn)', 'syn dns'],
    ['tcp contains "GET /"', 'get'],
    ['ether src 5c:cf:7f:12:34:56 broadcast', 'arp'],
    ['tcp and less 54', 'syn'],
    ['tcp and greater 55', 'get'],
  ] as const)
    t.equal(meant(text), names, text);
});

t.test('what is wrong with a filter is said with its position', async (t) => {
  t.equal(meant(''), '0: the filter is empty');
  t.equal(meant('tcp and prot 80'), "8: 'prot' is not a word of filters");
  t.equal(meant('tcp and'), '7: something is missing at the end');
  t.equal(meant('(tcp or udp'), "11: ')' is missing");
  t.equal(meant('port http'), "5: 'http' is not a number from 0 to 65535");
  t.equal(meant('host nobody.test'), "5: no host is called 'nobody.test'");
  t.equal(meant('tcp)'), "3: ')' is not expected here");
});
