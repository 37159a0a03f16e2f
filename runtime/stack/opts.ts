/**
 * Every number of the stack as data: what lwipopts.h, tcp_impl.h, etharp.c, dns.c, dhcp.h and igmp.h fix for the
 * firmware, and what an ordinary host on the same LAN uses. Times in milliseconds, sizes in bytes.
 */

export interface StackOptions {
  // TCP
  /** Largest segment we accept and announce; lwipopts.h TCP_MSS. */
  readonly tcpMss: number;
  /** Segment size towards a peer that announced none; RFC 9293 section 3.7.1. */
  readonly tcpDefaultMss: number;
  /** Receive window; init.c TCP_WND. */
  readonly tcpWindow: number;
  /** Unacknowledged plus unsent bytes, SYN and FIN included; lwipopts.h TCP_SND_BUF. */
  readonly tcpSendBuffer: number;
  /** Segments in the send queues; lwipopts.h TCP_SND_QUEUELEN. */
  readonly tcpSendQueue: number;
  /** Retransmissions of a segment before the connection is given up; init.c TCP_MAXRTX. */
  readonly tcpMaxRetransmits: number;
  /** The same for a SYN of ours; init.c TCP_SYNMAXRTX. */
  readonly tcpMaxSynRetransmits: number;
  /** A passive SYN is dropped while exactly this many connections are ESTABLISHED; init.c MEMP_NUM_TCP_PCB. */
  readonly tcpEstablishedLimit: number | undefined;
  /** Connections that fit into memory: beyond it the oldest is killed; heap-bound in the firmware (MEMP_MEM_MALLOC). */
  readonly tcpPcbLimit: number | undefined;
  /** First and last ephemeral port; tcp.c tcp_new_port. */
  readonly tcpPortFirst: number;
  readonly tcpPortLast: number;
  /** Initial sequence numbers: lwIP's slow-tick counter or, as RFC 9293 section 3.4.1 wants, unpredictable. */
  readonly tcpInitialSequence: 'ticks' | 'random';
  /** True: a pure ACK is answered by an ACK while our window is 0 (lwIP 1.4); false: it is not (RFC 9293 section 3.10.7.4). */
  readonly tcpAnswersAckInZeroWindow: boolean;
  /**
   * When the peer's window does not hold the next segment. 'lwip': probe for it, also instead of retransmitting what is
   * in flight. 'cut': with nothing in flight, probe a closed window and cut the segment for an open one (RFC 9293
   * sections 3.8.6.1 and 3.8.6.2.1).
   */
  readonly tcpPersist: 'lwip' | 'cut';
  /** The two TCP timers; tcp_impl.h TCP_FAST_INTERVAL, TCP_SLOW_INTERVAL. */
  readonly tcpFastMs: number;
  readonly tcpSlowMs: number;
  /** First retransmission time-out and its first variance; tcp.c tcp_alloc (1000 ms in slow ticks). */
  readonly tcpInitialRtoMs: number;
  /** tcp_impl.h TCP_FIN_WAIT_TIMEOUT, TCP_SYN_RCVD_TIMEOUT, lwipopts.h TCP_MSL. */
  readonly tcpFinWait2Ms: number;
  readonly tcpSynReceivedMs: number;
  readonly tcpMslMs: number;
  /** Age at which out-of-order data is dropped, in RTOs; tcp_impl.h TCP_OOSEQ_TIMEOUT. */
  readonly tcpOutOfOrderRtos: number;
  /** True: of connections that end in one slow tick, only the last may be followed by a new one (tcp.c tcp_slowtmr). */
  readonly tcpLosesNewInSlowTick: boolean;
  /** tcp_impl.h TCP_KEEPIDLE_DEFAULT, TCP_KEEPINTVL_DEFAULT, TCP_KEEPCNT_DEFAULT. */
  readonly tcpKeepIdleMs: number;
  readonly tcpKeepIntervalMs: number;
  readonly tcpKeepCount: number;

  // IP
  /** Time to live of TCP, UDP and ICMP; lwipopts.h IP_DEFAULT_TTL. */
  readonly ipTtl: number;
  readonly ipMtu: number;
  /** Are fragments put together; lwipopts.h IP_REASSEMBLY. */
  readonly ipReassembly: boolean;
  /** Are large packets cut; lwipopts.h IP_FRAG. */
  readonly ipFragmentation: boolean;
  /** True: lengths below the least a header has are taken at their word, of IP (ip_input) and of TCP (tcp_input). */
  readonly ipTrustsHeaderLengths: boolean;
  /** How long fragments wait, if they do; lwipopts.h IP_REASS_MAXAGE in seconds. */
  readonly ipReassemblyMs: number;
  /** lwipopts.h LWIP_BROADCAST_PING, LWIP_MULTICAST_PING. */
  readonly icmpAnswersBroadcast: boolean;
  /** True: echo requests get lost while an echo listener waits, as ping.c's receiver moves the packet (ping_recv). */
  readonly icmpDeafWhilePinging: boolean;

  /**
   * 'lwip' (icmp.c, ping.c): an echo reply is the request turned round, its checksums adjusted as if its header had no
   * options; errors quote 28 bytes, options among them or not; the checksum of an echo reply to us is not looked at.
   */
  readonly icmpStyle: 'lwip' | 'rfc792';

  // ARP, etharp.c
  readonly arpTableSize: number;
  /** Packets waiting for one address; the oldest is dropped. */
  readonly arpQueueLength: number;
  readonly arpTickMs: number;
  /** True: the answer to a request is that frame turned round, what follows the message in it included. */
  readonly arpReturnsPadding: boolean;
  /** Ages in ARP ticks: ARP_MAXAGE, ARP_AGE_REREQUEST_USED, ARP_MAXPENDING. */
  readonly arpMaxAgeTicks: number;
  readonly arpRerequestTicks: number;
  readonly arpMaxPendingTicks: number;

  // UDP
  /** First and last port of automatic binding, taken in order; udp.h UDP_LOCAL_PORT_RANGE_START, _END. */
  readonly udpPortFirst: number;
  readonly udpPortLast: number;
  /** True: only a DHCP client hears port 68, only a DHCP server of the interface hears port 67 (udp_input). */
  readonly udpReservesDhcpPorts: boolean;

  /** True: the end of the packet is the end of the datagram, whatever its length field says (udp_input). */
  readonly udpIgnoresLength: boolean;

  // IGMP, igmp.h
  readonly igmpTtl: number;
  readonly igmpTickMs: number;
  /** A report is repeated within this time after a join. */
  readonly igmpJoinDelayMs: number;
  /** True: an interface that comes up reports 224.0.0.1 too (lwIP 1.4); false: never, as RFC 2236 section 6 wants. */
  readonly igmpReportsAllSystems: boolean;

  // DNS, dns.c and lwipopts.h
  readonly dnsTableSize: number;
  /** DNS_MAX_NAME_LENGTH counts the terminating zero: names have at most one character less. */
  readonly dnsMaxName: number;
  readonly dnsMaxServers: number;
  readonly dnsMaxRetries: number;
  readonly dnsMessageSize: number;
  readonly dnsTickMs: number;
  readonly dnsPort: number;
  /** Server 0 before anybody set one (208.67.222.222), as a 32-bit number. */
  readonly dnsDefaultServer: number;

  // DHCP client, dhcp.h and dhcp.c
  readonly dhcpFineMs: number;
  readonly dhcpCoarseMs: number;
}

/** The firmware's configuration. */
export const ESP8266_OPTS: StackOptions = {
  tcpMss: 1460,
  tcpDefaultMss: 536,
  tcpWindow: 4 * 1460,
  tcpSendBuffer: 2 * 1460,
  tcpSendQueue: 8,
  tcpMaxRetransmits: 12,
  tcpMaxSynRetransmits: 6,
  tcpEstablishedLimit: 5,
  tcpPcbLimit: undefined,
  tcpPortFirst: 1024,
  tcpPortLast: 32766,
  tcpInitialSequence: 'ticks',
  tcpAnswersAckInZeroWindow: true,
  tcpPersist: 'lwip',
  tcpFastMs: 125,
  tcpSlowMs: 250,
  tcpInitialRtoMs: 1000,
  tcpFinWait2Ms: 20_000,
  tcpSynReceivedMs: 20_000,
  tcpMslMs: 5000,
  tcpOutOfOrderRtos: 6,
  tcpLosesNewInSlowTick: true,
  tcpKeepIdleMs: 120_000,
  tcpKeepIntervalMs: 10_000,
  tcpKeepCount: 9,

  ipTtl: 255,
  ipMtu: 1500,
  ipReassembly: false,
  ipFragmentation: false,
  ipTrustsHeaderLengths: true,
  ipReassemblyMs: 3000,
  icmpAnswersBroadcast: false,
  icmpDeafWhilePinging: true,
  icmpStyle: 'lwip',

  arpTableSize: 10,
  arpQueueLength: 3,
  arpTickMs: 5000,
  arpReturnsPadding: true,
  arpMaxAgeTicks: 240,
  arpRerequestTicks: 240 - 12,
  arpMaxPendingTicks: 2,

  udpPortFirst: 4096,
  udpPortLast: 0x7fff,
  udpReservesDhcpPorts: true,
  udpIgnoresLength: true,

  igmpTtl: 1,
  igmpTickMs: 100,
  igmpJoinDelayMs: 500,
  igmpReportsAllSystems: true,

  dnsTableSize: 4,
  dnsMaxName: 256,
  dnsMaxServers: 2,
  dnsMaxRetries: 4,
  dnsMessageSize: 512,
  dnsTickMs: 1000,
  dnsPort: 53,
  dnsDefaultServer: 0xd043dede,

  dhcpFineMs: 500,
  dhcpCoarseMs: 60_000,
};

/** An ordinary computer: the largest window without scaling, roomy buffers, no limit on connections. */
export const HOST_OPTS: StackOptions = {
  ...ESP8266_OPTS,
  tcpWindow: 0xffff,
  tcpSendBuffer: 256 * 1024,
  tcpSendQueue: 1024,
  tcpEstablishedLimit: undefined,
  // IANA's dynamic range, RFC 6335 section 6.
  tcpPortFirst: 49_152,
  tcpPortLast: 65_535,
  tcpInitialSequence: 'random',
  tcpAnswersAckInZeroWindow: false,
  tcpPersist: 'cut',
  tcpLosesNewInSlowTick: false,

  ipTtl: 64,
  ipReassembly: true,
  ipFragmentation: true,
  ipTrustsHeaderLengths: false,
  // RFC 1122 section 3.3.2: 60 to 120 seconds.
  ipReassemblyMs: 60_000,
  icmpDeafWhilePinging: false,
  icmpStyle: 'rfc792',

  arpTableSize: 256,
  arpQueueLength: 64,
  arpReturnsPadding: false,

  udpPortFirst: 49_152,
  udpPortLast: 65_535,
  udpReservesDhcpPorts: false,
  udpIgnoresLength: false,

  igmpReportsAllSystems: false,

  dnsTableSize: 64,
};
