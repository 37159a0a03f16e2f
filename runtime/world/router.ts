/**
 * The home router of the virtual network: a host that gives leases and answers names. It routes nothing: there is no
 * outside world here (a gateway to the host computer is the bridge's business), so a packet for it ends unanswered.
 */
import { type Clock, EMPTY } from '../core/index.ts';
import {
  DHCP_CLIENT_PORT,
  DHCP_SERVER_PORT,
  DNS_PORT,
  ETHERTYPE_IPV4,
  emitDhcp,
  emitDns,
  emitIpv4,
  emitUdp,
  type Ipv4Address,
  PROTO_UDP,
  parseDhcp,
  parseDns,
} from '../wire/index.ts';
import { type DhcpConfig, type DhcpReply, DhcpServer } from './dhcp-server.ts';
import { answerDns, type Names } from './dns-server.ts';
import type { Host, HostUdp } from './host.ts';

/** Default time to live of what the router sends past its stack, as its stack has it. */
const TTL = 64;

export class Router {
  readonly host: Host;
  readonly dhcp: DhcpServer;
  readonly #names: Names;
  readonly #dnsSocket: HostUdp;
  /** Identification of the packets made here (the stack counts its own). */
  #packetId = 0;

  /** Takes over UDP ports 53 and 67 of `host`. `names` is read at each query, so it may grow. */
  constructor(clock: Clock, host: Host, config: DhcpConfig, names: Names) {
    this.host = host;
    this.#names = names;
    this.dhcp = new DhcpServer(clock, config);
    host.udp(DHCP_SERVER_PORT, (bytes) => this.#onDhcp(bytes));
    this.#dnsSocket = host.udp(DNS_PORT, (bytes, addr, port) => this.#onDns(bytes, addr, port));
  }

  #onDhcp(bytes: Uint8Array): void {
    const request = parseDhcp(bytes);
    const reply = request.ok ? this.dhcp.handle(request.value) : undefined;
    if (reply !== undefined) this.#sendDhcp(reply);
  }

  /** Built by hand down to the frame: the client cannot answer ARP yet (RFC 2131 section 4.1). */
  #sendDhcp({ message, dstAddr, dstMac }: DhcpReply): void {
    const { addr } = this.host;
    const datagram = { srcPort: DHCP_SERVER_PORT, dstPort: DHCP_CLIENT_PORT, payload: emitDhcp(message) };
    this.#packetId = (this.#packetId + 1) & 0xffff;
    const packet = emitIpv4({
      tos: 0,
      id: this.#packetId,
      flags: { df: false, mf: false },
      fragOffset: 0,
      ttl: TTL,
      protocol: PROTO_UDP,
      src: addr,
      dst: dstAddr,
      options: EMPTY,
      payload: emitUdp(datagram, addr, dstAddr),
    });
    this.host.netif.send(dstMac, ETHERTYPE_IPV4, packet);
  }

  #onDns(bytes: Uint8Array, addr: Ipv4Address, port: number): void {
    const query = parseDns(bytes);
    const answer = query.ok ? answerDns(query.value, this.#names) : undefined;
    if (answer !== undefined) this.#dnsSocket.send(emitDns(answer), addr, port);
  }
}
