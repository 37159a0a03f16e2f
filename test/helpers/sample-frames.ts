/** One Ethernet frame of each kind the codecs know, with the line describeFrame gives of it. */
import { concat, EMPTY, fromLatin1 } from '../../runtime/core/index.ts';
import {
  ARP_REPLY,
  ARP_REQUEST,
  BOOTREPLY,
  BOOTREQUEST,
  DHCP_CLIENT_PORT,
  DHCP_OFFER,
  DHCP_REQUEST,
  DHCP_SERVER_PORT,
  type Dhcp,
  DNS_PORT,
  type DnsMessage,
  dnsMessage,
  ETHERTYPE_ARP,
  ETHERTYPE_EAPOL,
  ETHERTYPE_IPV4,
  emitArp,
  emitDhcp,
  emitDns,
  emitEthernet,
  emitIcmp,
  emitIgmp,
  emitIpv4,
  emitTcp,
  emitUdp,
  type Icmp,
  type Igmp,
  IPV4_ANY,
  IPV4_BROADCAST,
  type Ipv4,
  type Ipv4Address,
  ipv4,
  MAC_BROADCAST,
  MAC_ZERO,
  type MacAddress,
  MDNS_PORT,
  multicastMac,
  PROTO_ICMP,
  PROTO_IGMP,
  PROTO_TCP,
  PROTO_UDP,
  RCODE_NXDOMAIN,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
  type Tcp,
} from '../../runtime/wire/index.ts';
import { bytes } from './bytes.ts';

export interface Sample {
  readonly what: string;
  readonly frame: Uint8Array;
  readonly line: string;
}

export const ESP_MAC = 0x5ccf7f123456 as MacAddress;
export const HOST_MAC = 0x021122334455 as MacAddress;
export const ESP = ipv4(192, 168, 1, 50);
export const HOST = ipv4(192, 168, 1, 1);
const MDNS_GROUP = ipv4(224, 0, 0, 251);
const MCAST_MAC = multicastMac(MDNS_GROUP);

const ethernet = (dst: MacAddress, etherType: number, payload: Uint8Array): Uint8Array =>
  emitEthernet({ dst, src: dst === ESP_MAC ? HOST_MAC : ESP_MAC, etherType, payload });

/** From the ESP unless `fields` says otherwise. */
export function packet(dst: MacAddress, fields: Partial<Ipv4> & Pick<Ipv4, 'protocol' | 'payload'>): Uint8Array {
  const header = {
    tos: 0,
    id: 7,
    flags: { df: false, mf: false },
    fragOffset: 0,
    ttl: 64,
    src: ESP,
    dst: HOST,
    options: EMPTY,
  };
  return ethernet(dst, ETHERTYPE_IPV4, emitIpv4({ ...header, ...fields }));
}

export const tcp = (fields: Partial<Tcp>): Uint8Array =>
  packet(HOST_MAC, {
    protocol: PROTO_TCP,
    payload: emitTcp(
      {
        srcPort: 49153,
        dstPort: 80,
        seq: 6512,
        ack: 0,
        flags: TCP_ACK,
        window: 5840,
        urgent: 0,
        options: {},
        payload: EMPTY,
        ...fields,
      },
      ESP,
      HOST,
    ),
  });

const udp = (
  mac: MacAddress,
  ports: readonly [number, number],
  payload: Uint8Array,
  src: Ipv4Address = ESP,
  dst: Ipv4Address = HOST,
): Uint8Array =>
  packet(mac, {
    protocol: PROTO_UDP,
    src,
    dst,
    payload: emitUdp({ srcPort: ports[0], dstPort: ports[1], payload }, src, dst),
  });

const icmp = (message: Icmp): Uint8Array => packet(HOST_MAC, { protocol: PROTO_ICMP, payload: emitIcmp(message) });

const igmp = (message: Igmp): Uint8Array =>
  packet(MCAST_MAC, {
    protocol: PROTO_IGMP,
    ttl: 1,
    dst: MDNS_GROUP,
    options: bytes('94040000'),
    payload: emitIgmp(message),
  });

const dns = (message: Partial<DnsMessage>): Uint8Array =>
  udp(HOST_MAC, message.response ? [DNS_PORT, 4096] : [4096, DNS_PORT], emitDns(dnsMessage(message)));

const mdns = (message: Partial<DnsMessage>): Uint8Array =>
  udp(MCAST_MAC, [MDNS_PORT, MDNS_PORT], emitDns(dnsMessage(message)), ESP, MDNS_GROUP);

const dhcp = (fields: Partial<Dhcp> & Pick<Dhcp, 'op' | 'options'>): Uint8Array => {
  const message = emitDhcp({
    xid: 0x12345678,
    secs: 0,
    broadcast: false,
    ciaddr: IPV4_ANY,
    yiaddr: IPV4_ANY,
    siaddr: IPV4_ANY,
    giaddr: IPV4_ANY,
    chaddr: ESP_MAC,
    sname: '',
    file: '',
    ...fields,
  });
  return fields.op === BOOTREQUEST
    ? udp(MAC_BROADCAST, [DHCP_CLIENT_PORT, DHCP_SERVER_PORT], message, IPV4_ANY, IPV4_BROADCAST)
    : udp(ESP_MAC, [DHCP_SERVER_PORT, DHCP_CLIENT_PORT], message, HOST, ESP);
};

const arp = { senderMac: ESP_MAC, senderIp: ESP, targetMac: MAC_ZERO, targetIp: HOST };
const quoted = emitIpv4({
  tos: 0,
  id: 1,
  flags: { df: false, mf: false },
  fragOffset: 0,
  ttl: 63,
  protocol: PROTO_UDP,
  src: HOST,
  dst: ESP,
  options: EMPTY,
  payload: emitUdp({ srcPort: 5000, dstPort: 6000, payload: EMPTY }, HOST, ESP),
});
const question = { name: 'test.example', type: 'A', class: 1 } as const;

const OUT = 'IP 192.168.1.50.49153 > 192.168.1.1.80:';
const MCAST = 'IP 192.168.1.50.5353 > 224.0.0.251.5353: DNS 0';

export const SAMPLES: readonly Sample[] = [
  {
    what: 'an ARP request',
    frame: ethernet(MAC_BROADCAST, ETHERTYPE_ARP, emitArp({ ...arp, op: ARP_REQUEST })),
    line: 'ARP, Request who-has 192.168.1.1 tell 192.168.1.50',
  },
  {
    what: 'an ARP reply with Ethernet padding',
    frame: ethernet(HOST_MAC, ETHERTYPE_ARP, concat(emitArp({ ...arp, op: ARP_REPLY }), new Uint8Array(18))),
    line: 'ARP, Reply 192.168.1.50 is-at 5c:cf:7f:12:34:56',
  },
  {
    what: 'an echo request',
    frame: icmp({ type: 'echo-request', id: 1, seq: 2, data: fromLatin1('abcde') }),
    line: 'IP 192.168.1.50 > 192.168.1.1: ICMP echo request, id 1, seq 2, length 13',
  },
  {
    what: 'an echo reply',
    frame: icmp({ type: 'echo-reply', id: 1, seq: 2, data: EMPTY }),
    line: 'IP 192.168.1.50 > 192.168.1.1: ICMP echo reply, id 1, seq 2, length 8',
  },
  {
    what: 'a port unreachable',
    frame: icmp({ type: 'unreachable', code: 3, original: quoted }),
    line: 'IP 192.168.1.50 > 192.168.1.1: ICMP port unreachable, length 36',
  },
  {
    what: 'a time exceeded',
    frame: icmp({ type: 'time-exceeded', code: 0, original: quoted }),
    line: 'IP 192.168.1.50 > 192.168.1.1: ICMP time exceeded in-transit, length 36',
  },
  {
    what: 'a timestamp request',
    frame: icmp({ type: 'other', icmpType: 13, code: 0, body: new Uint8Array(16) }),
    line: 'IP 192.168.1.50 > 192.168.1.1: ICMP type 13, code 0, length 20',
  },
  {
    what: 'a group query',
    frame: igmp({ type: 'query', maxRespTenths: 10, group: MDNS_GROUP }),
    line: 'IP 192.168.1.50 > 224.0.0.251: igmp query 224.0.0.251',
  },
  {
    what: 'a group report',
    frame: igmp({ type: 'report-v2', maxRespTenths: 0, group: MDNS_GROUP }),
    line: 'IP 192.168.1.50 > 224.0.0.251: igmp v2 report 224.0.0.251',
  },
  {
    what: 'a group report of version 1',
    frame: igmp({ type: 'report-v1', maxRespTenths: 0, group: MDNS_GROUP }),
    line: 'IP 192.168.1.50 > 224.0.0.251: igmp v1 report 224.0.0.251',
  },
  {
    what: 'a group leave',
    frame: igmp({ type: 'leave', maxRespTenths: 0, group: MDNS_GROUP }),
    line: 'IP 192.168.1.50 > 224.0.0.251: igmp leave 224.0.0.251',
  },
  {
    what: 'a SYN',
    frame: tcp({ flags: TCP_SYN, options: { mss: 1460 } }),
    line: `${OUT} Flags [S], seq 6512, win 5840, options [mss 1460], length 0`,
  },
  {
    what: 'a SYN with the options of a desktop',
    frame: tcp({
      flags: TCP_SYN,
      options: { mss: 1460, sackPermitted: true, timestamps: { value: 1, echo: 0 }, windowScale: 7 },
    }),
    line: `${OUT} Flags [S], seq 6512, win 5840, options [mss 1460,sackOK,TS val 1 ecr 0,wscale 7], length 0`,
  },
  {
    what: 'data across the wrap of sequence numbers',
    frame: tcp({ flags: TCP_PSH | TCP_ACK, seq: 0xfffffffe, ack: 9, payload: fromLatin1('hello') }),
    line: `${OUT} Flags [PA], seq 4294967294:3, ack 9, win 5840, length 5`,
  },
  {
    what: 'an ACK with a SACK block',
    frame: tcp({ ack: 9, options: { sack: [{ left: 100, right: 200 }] } }),
    line: `${OUT} Flags [A], seq 6512, ack 9, win 5840, options [sack {100:200}], length 0`,
  },
  {
    what: 'a FIN with urgent data',
    frame: tcp({ flags: TCP_FIN | TCP_ACK | TCP_URG, ack: 9, urgent: 1, payload: fromLatin1('!') }),
    line: `${OUT} Flags [FAU], seq 6512:6513, ack 9, win 5840, urg 1, length 1`,
  },
  {
    what: 'a reset',
    frame: tcp({ flags: TCP_RST, window: 0 }),
    line: `${OUT} Flags [R], seq 6512, win 0, length 0`,
  },
  {
    what: 'plain UDP',
    frame: udp(HOST_MAC, [5000, 6000], fromLatin1('abc')),
    line: 'IP 192.168.1.50.5000 > 192.168.1.1.6000: UDP, length 3',
  },
  {
    what: 'a fragment',
    frame: packet(HOST_MAC, {
      protocol: PROTO_UDP,
      flags: { df: false, mf: true },
      fragOffset: 1480,
      payload: new Uint8Array(8),
    }),
    line: 'IP 192.168.1.50 > 192.168.1.1: frag (id 7, offset 1480+), proto 17, length 8',
  },
  {
    what: 'a DHCP request',
    frame: dhcp({
      op: BOOTREQUEST,
      options: {
        messageType: DHCP_REQUEST,
        requestedIp: ESP,
        serverId: HOST,
        hostName: 'NODE-123456',
        other: new Map(),
      },
    }),
    line:
      'IP 0.0.0.0.68 > 255.255.255.255.67: DHCP Request from 5c:cf:7f:12:34:56, requested 192.168.1.50, ' +
      'server 192.168.1.1, host "NODE-123456", length 300',
  },
  {
    what: 'a DHCP offer',
    frame: dhcp({
      op: BOOTREPLY,
      yiaddr: ESP,
      options: {
        messageType: DHCP_OFFER,
        serverId: HOST,
        leaseTime: 3600,
        subnetMask: ipv4(255, 255, 255, 0),
        routers: [HOST],
        dnsServers: [HOST],
        other: new Map(),
      },
    }),
    line:
      'IP 192.168.1.1.67 > 192.168.1.50.68: DHCP Offer to 5c:cf:7f:12:34:56, your 192.168.1.50, ' +
      'server 192.168.1.1, lease 3600 s, length 300',
  },
  {
    what: 'a DNS query',
    frame: dns({ id: 7, recursionDesired: true, questions: [question] }),
    line: 'IP 192.168.1.50.4096 > 192.168.1.1.53: DNS 7+ A? test.example., length 30',
  },
  {
    what: 'a DNS response',
    frame: dns({
      id: 7,
      response: true,
      questions: [question],
      answers: [
        { name: 'test.example', type: 'CNAME', ttl: 60, data: 'real.example' },
        { name: 'real.example', type: 'A', ttl: 60, data: ipv4(1, 2, 3, 4) },
        { name: 'real.example', type: 'AAAA', ttl: 60, data: 'fe80::1' },
      ],
    }),
    line: 'IP 192.168.1.50.53 > 192.168.1.1.4096: DNS 7 3/0/0 CNAME real.example., A 1.2.3.4, AAAA fe80::1, length 136',
  },
  {
    what: 'a DNS refusal',
    frame: dns({
      id: 7,
      response: true,
      authoritative: true,
      rcode: RCODE_NXDOMAIN,
      questions: [question],
      authorities: [
        {
          name: 'example',
          type: 'SOA',
          ttl: 60,
          data: { mname: 'ns.example', rname: 'root.example', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
        },
      ],
    }),
    line: 'IP 192.168.1.50.53 > 192.168.1.1.4096: DNS 7* NXDomain 0/1/0, length 95',
  },
  {
    what: 'a multicast DNS query',
    frame: mdns({ questions: [{ name: 'esp.local', type: 'A', class: 1, unicast: true }] }),
    line: `${MCAST} A (QU)? esp.local., length 27`,
  },
  {
    what: 'a multicast DNS announcement',
    frame: mdns({
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
        { name: 'esp._http._tcp.local', type: 'TXT', ttl: 4500, flush: true, data: ['path=/'] },
        { name: 'esp.local', type: 'A', ttl: 120, flush: true, data: ESP },
      ],
    }),
    line:
      `${MCAST}* 4/0/0 PTR esp._http._tcp.local., (flush) SRV esp.local.:80, (flush) TXT "path=/", ` +
      '(flush) A 192.168.1.50, length 175',
  },
  {
    what: 'an EAPOL start',
    frame: ethernet(HOST_MAC, ETHERTYPE_EAPOL, bytes('01 01 0000')),
    line: 'EAPOL start v1, length 0',
  },
];
