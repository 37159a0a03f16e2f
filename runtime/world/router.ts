/**
 * The home router of the virtual network: a host that gives leases and answers names. What is for machines beyond the
 * LAN goes to whoever is connected to its far side, see {@link Wan}; without anybody it ends unanswered, but for names.
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
  PROTO_UDP,
  parseDhcp,
  parseDns,
  RCODE_NXDOMAIN,
} from '../wire/index.ts';
import { type DhcpConfig, type DhcpReply, DhcpServer } from './dhcp-server.ts';
import { answerDns, type Names } from './dns-server.ts';
import type { Host, HostUdp } from './host.ts';
import { NameQuery, type Outer, Wan } from './wan.ts';

/** Default time to live of what the router sends past its stack, as its stack has it. */
const TTL = 64;

export class Router {
  readonly host: Host;
  readonly dhcp: DhcpServer;
  /** False: questions for names stay without any answer. */
  answersNames = true;
  readonly #clock: Clock;
  #outer: Outer | undefined;
  readonly #names: Names;
  readonly #dnsSocket: HostUdp;
  /** Identification of the packets made here (the stack counts its own). */
  #packetId = 0;

  /** Takes over UDP ports 53 and 67 of `host`. `names` is read at each query, so it may grow. */
  constructor(clock: Clock, host: Host, config: DhcpConfig, names: Names) {
    this.host = host;
    this.#clock = clock;
    this.#names = names;
    this.dhcp = new DhcpServer(clock, config);
    host.udp(DHCP_SERVER_PORT, (bytes) => this.#onDhcp(bytes));
    this.#dnsSocket = host.udp(DNS_PORT, (bytes, addr, port) =>
      this.#onDns(bytes, (message) => this.#dnsSocket.send(message, addr, port)),
    );
    const beyond = new Wan(clock, host, {
      connection: (offer) => {
        offer.ignore();
        return true;
      },
      // A device that gave itself an address asks lwIP's name server, 208.67.222.222; all servers know the same names.
      datagram: (from, to, data) => {
        if (to.port === DNS_PORT) this.#onDns(data, (message) => beyond.send(to, from, message));
        return true;
      },
      ping: () => {},
      query: () => {},
    });
  }

  /** Connects the far side: from now on `outer` is asked for machines and names that the world does not have. */
  connectWan(outer: Outer): Wan {
    this.#outer = outer;
    return new Wan(this.#clock, this.host, outer);
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

  #onDns(bytes: Uint8Array, send: (message: Uint8Array) => void): void {
    const query = parseDns(bytes);
    if (!query.ok || !this.answersNames) return;
    const answer = answerDns(query.value, this.#names);
    if (answer === undefined) return;
    if (answer.rcode === RCODE_NXDOMAIN && this.#outer !== undefined)
      this.#outer.query(new NameQuery(query.value, bytes, send));
    else send(emitDns(answer));
  }
}
