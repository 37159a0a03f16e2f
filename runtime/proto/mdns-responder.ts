/**
 * The firmware's mDNS responder (app/net/nodemcu_mdns.c; RFC 6762, RFC 6763): one host name with one service.
 * It announces and answers; it neither probes for conflicts nor says goodbye, and it stays in the group when closed.
 */
import type { Netif, UdpPcb } from '../stack/index.ts';
import { ERR } from '../stack/index.ts';
import { IPV4_ANY, type Ipv4Address, ipv4, MDNS_PORT } from '../wire/index.ts';
import type { ProtoEnv } from './env.ts';
import {
  addressMessage,
  DNS_SD_SERVICES,
  fitsBuffers,
  hostName,
  instanceName,
  type MdnsQuestion,
  type MdnsService,
  matchesName,
  noRecordMessage,
  questionsOf,
  serviceMessage,
  serviceName,
  servicesMessage,
  TYPE,
} from './mdns-packet.ts';
import type { ProtoTimer } from './timer.ts';

/** What the responder needs of the machine beside the network. */
export interface MdnsHost {
  /** Interfaces whose networks are served. */
  interfaces(): readonly Netif[];
  /** The address that is announced. */
  address(): Ipv4Address;
}

/** Where an answer goes: to the group, or to one asker. */
type Asker = { readonly addr: Ipv4Address; readonly port: number } | undefined;

const GROUP = ipv4(224, 0, 0, 251);
const ANNOUNCE_MS = 280_000;
/** The service type is announced again when the count of announcements without it exceeds this. */
const TYPE_EVERY = 10;
/** DNS_MSG_SIZE. */
const MAX_MESSAGE = 512;
/** Header, question and the fixed part of a record: no shorter message is looked at. */
const MIN_MESSAGE = 12 + 4 + 10;
const UNICAST_BIT = 0x8000;

export class MdnsResponder {
  readonly #env: ProtoEnv;
  readonly #host: MdnsHost;
  readonly #timer: ProtoTimer;
  #pcb: UdpPcb | undefined;
  #service: MdnsService | undefined;
  /** Announcements since the service type was announced. */
  #sinceType = 0;

  constructor(env: ProtoEnv, host: MdnsHost) {
    this.#env = env;
    this.#host = host;
    this.#timer = env.timer('mdns', () => this.#announce());
  }

  /** Joins the group and announces; a service from before is replaced. False when the port is taken. */
  register(service: MdnsService): boolean {
    this.close();
    if (!fitsBuffers(service)) this.#env.crash('mdns: the service name or the description is too long');
    const { igmp, udp } = this.#env.stack;
    for (const netif of this.#host.interfaces())
      if (netif.addr !== IPV4_ANY && igmp.join(netif.addr, GROUP) !== ERR.OK) return false;
    const pcb = udp.newPcb();
    if (pcb.bind(IPV4_ANY, MDNS_PORT) !== ERR.OK) return false;
    pcb.recv = (data, addr, port) => this.#onMessage(data, addr, port);
    this.#pcb = pcb;
    this.#service = service;
    this.#timer.arm(ANNOUNCE_MS, true);
    this.#sinceType = TYPE_EVERY + 1;
    this.#announce();
    return true;
  }

  /** Falls silent. */
  close(): void {
    this.#timer.disarm();
    this.#pcb?.remove();
    this.#pcb = undefined;
    this.#service = undefined;
  }

  #announce(): void {
    const service = this.#service;
    if (service === undefined) return;
    this.#sendService(0, service, undefined);
    if (this.#sinceType++ <= TYPE_EVERY) return;
    this.#send(servicesMessage(0, service, false), undefined);
    this.#sinceType = 0;
  }

  #onMessage(data: Uint8Array, addr: Ipv4Address, port: number): void {
    const service = this.#service;
    if (service === undefined || data.length > MAX_MESSAGE || data.length < MIN_MESSAGE) return;
    const id = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
    let asker: Asker = { addr, port };
    for (const question of questionsOf(data)) {
      // One question for all makes the following ones questions for all.
      if (port === MDNS_PORT && (question.class & UNICAST_BIT) === 0) asker = undefined;
      this.#answer(id, service, question, (name) => this.#matches(name, data, question), asker);
    }
  }

  #matches(name: string, data: Uint8Array, { at }: MdnsQuestion): boolean {
    const result = matchesName(name, data, at);
    if (result === 'for ever') this.#env.crash('mdns: a name that points to itself is read for ever');
    return result === true;
  }

  #answer(
    id: number,
    service: MdnsService,
    { type }: MdnsQuestion,
    asksFor: (name: string) => boolean,
    asker: Asker,
  ): void {
    const unicast = asker !== undefined;
    const wants = (...types: readonly number[]): boolean => type === TYPE.ANY || types.includes(type);
    const none = (name: string, ...types: readonly number[]): void =>
      this.#send(noRecordMessage(id, name, types, unicast), asker);
    const named = serviceName(service);
    const host = hostName(service);
    const instance = instanceName(service);
    if (asksFor(DNS_SD_SERVICES)) {
      if (wants(TYPE.PTR)) this.#send(servicesMessage(id, service, unicast), asker);
      else none(DNS_SD_SERVICES, TYPE.PTR);
    } else if (asksFor(named)) {
      if (wants(TYPE.PTR)) this.#sendService(id, service, asker);
      else none(named, TYPE.PTR);
    } else if (asksFor(host)) {
      if (wants(TYPE.A)) this.#send(addressMessage(id, service, this.#host.address(), unicast), asker);
      else none(host, TYPE.A);
    } else if (asksFor(instance)) {
      if (wants(TYPE.TXT, TYPE.SRV)) this.#sendService(id, service, asker);
      else none(instance, TYPE.TXT, TYPE.SRV);
    }
  }

  /** For everybody this counts as an announcement. */
  #sendService(id: number, service: MdnsService, asker: Asker): void {
    const message = serviceMessage(id, service, this.#host.address(), asker !== undefined);
    if (message === undefined) return;
    this.#send(message, asker);
    if (asker === undefined) this.#timer.arm(ANNOUNCE_MS, true);
  }

  #send(message: Uint8Array, asker: Asker): void {
    this.#pcb?.sendTo(message, asker?.addr ?? GROUP, asker?.port ?? MDNS_PORT);
  }
}
