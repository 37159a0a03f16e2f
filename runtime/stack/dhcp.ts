/**
 * The DHCP client of lwIP 1.4 as the ESP8266 has it (dhcp.c; RFC 2131). Its own ways: the xid of an offer is kept for
 * the REQUEST, every ACK is followed by an ARP probe of the address, T1 and T2 run on a 60 s tick, an ACK to a renewal
 * rebinds the old values, and a lease never expires by itself (rebinding gives up instead).
 */
import { type Clock, type Micros, ms, type Tracer } from '../core/index.ts';
import {
  BOOTREPLY,
  BOOTREQUEST,
  DHCP_ACK,
  DHCP_DECLINE,
  DHCP_DISCOVER,
  DHCP_NAK,
  DHCP_OFFER,
  DHCP_RELEASE,
  DHCP_REQUEST,
  type Dhcp,
  type DhcpOptions,
  emitDhcp,
  formatIpv4,
  IPV4_ANY,
  IPV4_BROADCAST,
  type Ipv4Address,
  type MacAddress,
} from '../wire/index.ts';
import { acknowledgedLease, type DhcpLease, leaseTicks, NO_LEASE } from './dhcp-lease.ts';
import { type DhcpReply, readDhcpReply } from './dhcp-reply.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';
import { TickTimer } from './ticks.ts';

export type DhcpState =
  | 'OFF'
  | 'SELECTING'
  | 'REQUESTING'
  | 'CHECKING'
  | 'BOUND'
  | 'RENEWING'
  | 'REBINDING'
  | 'REBOOTING'
  | 'BACKING-OFF';

/** What the client needs of its interface and of the stack. */
export interface DhcpEnv {
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly drops: DropCounters;
  readonly opts: StackOptions;
  mac(): MacAddress;
  address(): Ipv4Address;
  /** The transaction counter, shared by all clients of the stack; `next` draws a new number. */
  xid(next: boolean): number;
  /** Takes or gives back UDP port 68. */
  occupyPort(occupy: boolean): void;
  /** Sends from port 68 of the interface, up or not, to port 67. */
  send(message: Uint8Array, dst: Ipv4Address): void;
  /** Asks by ARP who has `addr`. */
  probe(addr: Ipv4Address): void;
  /** Sets the addresses, brings the interface up and reports the lease. */
  bind(addr: Ipv4Address, netmask: Ipv4Address, gateway: Ipv4Address): void;
  /** Takes the interface down. */
  setDown(): void;
  /** Takes the interface down and its addresses away. */
  unbind(): void;
  setDnsServer(index: number, addr: Ipv4Address): void;
}

/** dhcp.c: dhcp_check and dhcp_decline wait so long. */
const PROBE_MS = 500;
const DECLINE_MS = 10_000;
const REQUEST_TRIES = 5;
const REBIND_TRIES = 8;
const REBOOT_TRIES = 2;
/** A client that starts again asks for no more than this (dhcp_reboot). */
const REBOOT_MAX_MESSAGE = 576;
/** States in which an ACK or NAK decides about a lease the client already has. */
const CLAIMING: ReadonlySet<DhcpState> = new Set(['RENEWING', 'REBINDING', 'REBOOTING']);
/** dhcp.c dhcp_select; dhcp_discover has it last. */
const PARAM_LIST: readonly number[] = [1, 3, 28, 6, 42, 15, 44, 46, 47, 31, 33, 121, 43];
const PARAM_LIST_LAST = new Map([[55, Uint8Array.from(PARAM_LIST)]]);

export class DhcpClient {
  readonly #env: DhcpEnv;
  readonly #fine: TickTimer;
  readonly #coarse: TickTimer;
  #state: DhcpState = 'OFF';
  #tries = 0;
  #xid = 0;
  #hostName = '';
  /** Numbers of the coarse ticks at which T1 and T2 run out. */
  #t1At: number | undefined;
  #t2At: number | undefined;
  #lease: DhcpLease = NO_LEASE;

  /** After so many tries without success the client stops and calls `onGiveUp`; 0 (the SDK's start value) is never. */
  maxTries = 0;
  onGiveUp: (() => void) | undefined;

  constructor(env: DhcpEnv) {
    this.#env = env;
    const { dhcpFineMs, dhcpCoarseMs } = env.opts;
    this.#fine = new TickTimer(env.clock, 'dhcp.fine', ms(dhcpFineMs), () => this.#onTimeout());
    this.#coarse = new TickTimer(env.clock, 'dhcp.coarse', ms(dhcpCoarseMs), () => this.#onCoarseTick());
  }

  get state(): DhcpState {
    return this.#state;
  }

  /** Started and not stopped. */
  get running(): boolean {
    return this.#state !== 'OFF';
  }

  /** What the server offered or granted; {@link NO_LEASE} before an offer. */
  get lease(): DhcpLease {
    return this.#lease;
  }

  /** Times from now to the next 500 ms and to the next 60 s tick. */
  setPhase(fine: Micros, coarse: Micros): void {
    this.#fine.setPhase(fine);
    this.#coarse.setPhase(coarse);
  }

  /** dhcp_start: forgets everything and begins with a DISCOVER. */
  start(hostName = ''): void {
    this.stop();
    this.#hostName = hostName;
    this.#tries = 0;
    this.#t1At = undefined;
    this.#t2At = undefined;
    this.#lease = NO_LEASE;
    this.#env.occupyPort(true);
    this.#discover();
  }

  /** dhcp_stop: no more messages; the interface keeps its address, and the last lease can still be read. */
  stop(): void {
    this.#fine.cancel();
    this.#coarse.cancel();
    this.#env.occupyPort(false);
    this.#setState('OFF');
  }

  /** dhcp_release: gives the lease back and takes the address away. */
  release(): void {
    this.#setState('OFF');
    this.#lease = NO_LEASE;
    // lwIP: the server's address is forgotten before the message goes there, so it leaves to 0.0.0.0 as a broadcast.
    this.#send(DHCP_RELEASE, {}, IPV4_ANY);
    this.#tries++;
    this.#env.unbind();
  }

  /** dhcp_network_changed: the link came back; a lease is verified, anything else begins again. */
  networkChanged(): void {
    if (this.#state === 'OFF') return;
    this.#tries = 0;
    if (this.#state !== 'BOUND' && !CLAIMING.has(this.#state)) {
      this.#discover();
      return;
    }
    this.#env.setDown();
    this.#reboot();
  }

  /** dhcp_arp_reply: somebody answered for `addr`. */
  onArpReply(addr: Ipv4Address): void {
    if (this.#state === 'CHECKING' && addr === this.#lease.addr) this.#decline();
  }

  /** A datagram from port 67 to port 68 of the interface. */
  onMessage(bytes: Uint8Array): void {
    if (this.#state === 'OFF') return;
    const parsed = readDhcpReply(bytes, this.#env.opts.dnsMaxServers);
    const refusal = parsed.ok ? this.#refusal(parsed.value) : parsed.error;
    if (!parsed.ok || refusal !== undefined) this.#env.drops.drop('dhcp', refusal ?? '');
    else if (parsed.value.options.messageType === DHCP_OFFER) this.#onOffer(parsed.value);
    else if (parsed.value.options.messageType === DHCP_ACK) this.#onAck(parsed.value);
    else this.#onNak();
  }

  #refusal({ op, chaddr, xid, options: { messageType } }: DhcpReply): string | undefined {
    if (op !== BOOTREPLY) return 'not-a-reply';
    if (chaddr !== this.#env.mac()) return 'not-ours';
    if (xid !== this.#xid) return 'wrong-xid';
    return messageType === DHCP_OFFER || messageType === DHCP_ACK || messageType === DHCP_NAK ? undefined : 'bad-type';
  }

  #onOffer(message: DhcpReply): void {
    if (this.#state !== 'SELECTING') return;
    this.#fine.cancel();
    const server = message.options.serverId;
    if (server === undefined) {
      this.#env.drops.drop('dhcp', 'no-server-id');
      return;
    }
    this.#lease = { ...this.#lease, serverAddr: server, addr: message.yiaddr };
    this.#select();
  }

  #onAck(message: DhcpReply): void {
    if (this.#state === 'REQUESTING') {
      this.#lease = acknowledgedLease(message, this.#lease);
      message.options.dnsServers?.forEach((server, i) => {
        this.#env.setDnsServer(i, server);
      });
      this.#check();
    } else if (CLAIMING.has(this.#state)) {
      // lwIP: options of this ACK are not read (dhcp_recv), so mask, gateway, times and DNS servers stay.
      this.#bind();
    }
  }

  #onNak(): void {
    if (this.#state !== 'REQUESTING' && !CLAIMING.has(this.#state)) return;
    this.#env.unbind();
    this.#setState('BACKING-OFF');
    this.#discover();
  }

  #discover(): void {
    this.#lease = { ...this.#lease, addr: IPV4_ANY };
    this.#setState('SELECTING');
    this.#send(DHCP_DISCOVER, { ...this.#capabilities(), other: PARAM_LIST_LAST }, IPV4_BROADCAST);
    this.#tries++;
    this.#waitMs(this.#doubling());
  }

  #select(): void {
    this.#setState('REQUESTING');
    this.#send(DHCP_REQUEST, { ...this.#claim(), paramList: PARAM_LIST }, IPV4_BROADCAST);
    this.#tries++;
    this.#waitMs(this.#doubling());
  }

  #check(): void {
    this.#setState('CHECKING');
    this.#env.probe(this.#lease.addr);
    this.#tries++;
    this.#waitMs(PROBE_MS);
  }

  #decline(): void {
    this.#setState('BACKING-OFF');
    this.#send(DHCP_DECLINE, { requestedIp: this.#lease.addr }, IPV4_BROADCAST);
    this.#tries++;
    this.#waitMs(DECLINE_MS);
  }

  #bind(): void {
    const { addr, netmask, gateway, renewalSecs, rebindingSecs } = this.#lease;
    const tickSecs = this.#env.opts.dhcpCoarseMs / 1000;
    const t1 = leaseTicks(renewalSecs, tickSecs);
    const t2 = leaseTicks(rebindingSecs, tickSecs);
    const now = this.#coarse.count;
    if (t1 !== undefined) this.#t1At = now + t1;
    if (t2 !== undefined) this.#t2At = now + t2;
    if (this.#t1At !== undefined && this.#t2At !== undefined && this.#t1At >= this.#t2At) this.#t1At = undefined;
    this.#armCoarse();
    // First the state: a listener may restart the client from inside.
    this.#setState('BOUND');
    this.#env.bind(addr, netmask, gateway);
  }

  #renew(): void {
    this.#setState('RENEWING');
    this.#send(DHCP_REQUEST, this.#claim(), this.#lease.serverAddr);
    this.#tries++;
    this.#waitMs(this.#tries < 10 ? this.#tries * 2000 : 20_000);
  }

  #rebind(): void {
    this.#setState('REBINDING');
    this.#send(DHCP_REQUEST, this.#claim(), IPV4_BROADCAST);
    this.#tries++;
    this.#waitMs(this.#tries < 10 ? this.#tries * 1000 : 10_000);
  }

  #reboot(): void {
    this.#setState('REBOOTING');
    this.#send(DHCP_REQUEST, { maxMessageSize: REBOOT_MAX_MESSAGE, requestedIp: this.#lease.addr }, IPV4_BROADCAST);
    this.#tries++;
    this.#waitMs(this.#tries < 10 ? this.#tries * 1000 : 10_000);
  }

  /** dhcp_timeout: the answer did not come, or the ARP probe brought nobody. */
  #onTimeout(): void {
    if (this.#exhausted()) {
      this.onGiveUp?.();
      return;
    }
    switch (this.#state) {
      case 'SELECTING':
      case 'BACKING-OFF':
        this.#discover();
        break;
      case 'REQUESTING':
        if (this.#tries <= REQUEST_TRIES) this.#select();
        else this.#restart();
        break;
      case 'CHECKING':
        if (this.#tries <= 1) this.#check();
        else this.#bind();
        break;
      case 'RENEWING':
        this.#renew();
        break;
      case 'REBINDING':
        if (this.#tries <= REBIND_TRIES) this.#rebind();
        else this.#restart();
        break;
      case 'REBOOTING':
        if (this.#tries < REBOOT_TRIES) this.#reboot();
        else this.#discover();
        break;
    }
  }

  #restart(): void {
    this.release();
    this.#discover();
  }

  #onCoarseTick(): void {
    const now = this.#coarse.count;
    const rebind = this.#t2At === now;
    if (this.#t1At === now) this.#t1At = undefined;
    if (rebind) this.#t2At = undefined;
    this.#armCoarse();
    if (this.#state !== 'REQUESTING' && this.#state !== 'BOUND' && this.#state !== 'RENEWING') return;
    if (rebind) this.#rebind();
    else this.#renew();
    // At one instant lwIP serves the fine timer after the coarse one: that tick is the first of the wait.
    if (this.#fine.elapsed === 0) this.#fine.sooner();
  }

  #armCoarse(): void {
    const next = Math.min(this.#t1At ?? Number.POSITIVE_INFINITY, this.#t2At ?? Number.POSITIVE_INFINITY);
    if (next === Number.POSITIVE_INFINITY) this.#coarse.cancel();
    else this.#coarse.after(next - this.#coarse.count);
  }

  /** dhcp_set_state: a change of state clears the tries and the wait. */
  #setState(next: DhcpState): void {
    if (next === this.#state) return;
    if (this.#env.trace.on) this.#env.trace.emit('stack/dhcp', 'changed state', `${this.#state} -> ${next}`);
    this.#state = next;
    this.#tries = 0;
    this.#fine.cancel();
  }

  #exhausted(): boolean {
    return this.maxTries > 0 && this.#tries >= this.maxTries;
  }

  #waitMs(duration: number): void {
    this.#fine.after(this.#exhausted() ? 1 : Math.ceil(duration / this.#env.opts.dhcpFineMs));
  }

  /** 2, 4, 8, 16, 32, then 60 seconds. */
  #doubling(): number {
    return (this.#tries < 6 ? 2 ** this.#tries : 60) * 1000;
  }

  #capabilities(): Partial<DhcpOptions> {
    const maxMessageSize = this.#env.opts.ipMtu;
    return this.#hostName === '' ? { maxMessageSize } : { maxMessageSize, hostName: this.#hostName };
  }

  #claim(): Partial<DhcpOptions> {
    return { ...this.#capabilities(), requestedIp: this.#lease.addr, serverId: this.#lease.serverAddr };
  }

  /** dhcp_create_msg and udp_sendto_if. */
  #send(messageType: number, options: Partial<DhcpOptions>, dst: Ipv4Address): void {
    const renewing = this.#state === 'RENEWING' || this.#state === 'REBINDING';
    // ESP8266 (dhcp_create_msg): a REQUEST keeps the number of its offer; the rest draws one at the first try.
    if (messageType !== DHCP_REQUEST) this.#xid = this.#env.xid(this.#tries === 0);
    const message: Dhcp = {
      op: BOOTREQUEST,
      xid: this.#xid,
      secs: 0,
      broadcast: false,
      ciaddr: messageType === DHCP_DECLINE || renewing ? this.#env.address() : IPV4_ANY,
      yiaddr: IPV4_ANY,
      siaddr: IPV4_ANY,
      giaddr: IPV4_ANY,
      chaddr: this.#env.mac(),
      sname: '',
      file: '',
      options: { messageType, other: new Map(), ...options },
    };
    if (this.#env.trace.on) this.#env.trace.emit('stack/dhcp', 'sent', `type ${messageType} to ${formatIpv4(dst)}`);
    this.#env.send(emitDhcp(message), dst);
  }
}
