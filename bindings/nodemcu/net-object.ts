/**
 * The three userdata of `net` (modules/net.c lnet_userdata): what they hold, how a method finds its own, how they pin
 * themselves against collection, and the sentences for lwIP's error numbers.
 */
import type { Device } from '../../runtime/device/index.ts';
import { ERR, type LwipErr, type TcpPcb, type UdpPcb } from '../../runtime/stack/index.ts';
import type { LuaCall, LuaHost, LuaInput, LuaRef } from '../../runtime/vm/index.ts';
import { NIL } from '../../runtime/vm/index.ts';
import { luaClass } from './lua.ts';

/** What every object of the module shares. */
export interface NetContext {
  readonly device: Device;
  readonly lua: LuaHost;
}

/** A registry slot for a Lua function: set, replaced, cleared, called. */
export class Callback {
  #ref: LuaRef | undefined;

  get isSet(): boolean {
    return this.#ref !== undefined;
  }

  set(fn: LuaRef | undefined): void {
    this.#ref?.release();
    this.#ref = fn;
  }

  /** lua_call: not protected. From the network an error is a panic, under a running script it reaches its caller. */
  call(lua: LuaHost, ...args: LuaInput[]): void {
    if (this.#ref !== undefined) lua.call(this.#ref, args, 0);
  }

  /** As {@link call}, but an empty slot is called as the nil that the firmware finds in it. */
  callAnyway(lua: LuaHost, ...args: LuaInput[]): void {
    lua.call(this.#ref ?? lua.ref(NIL), args, 0);
  }
}

/** The pin in the registry (`self_ref`): while set, the object lives without any reference from Lua. */
export class Pin {
  #ref: LuaRef | undefined;

  get isSet(): boolean {
    return this.#ref !== undefined;
  }

  /** The object as an argument; nil once the pin is gone, as the firmware then reads registry[LUA_NOREF]. */
  get value(): LuaInput {
    return this.#ref ?? NIL;
  }

  set(ref: LuaRef): void {
    this.#ref = ref;
  }

  /** Empties the pin without releasing what it held. */
  take(): LuaRef | undefined {
    const ref = this.#ref;
    this.#ref = undefined;
    return ref;
  }

  release(): void {
    this.take()?.release();
  }
}

export class TcpServer {
  readonly kind = 'tcp server';
  readonly net: NetContext;
  /** Keep-alive idle time of accepted sockets, in seconds. */
  readonly timeout: number;
  readonly pin = new Pin();
  readonly accepted = new Callback();
  pcb: TcpPcb | undefined = undefined;

  constructor(net: NetContext, timeout: number) {
    this.net = net;
    this.timeout = timeout;
  }
}

export class TcpSocket {
  readonly kind = 'tcp socket';
  readonly net: NetContext;
  readonly pin = new Pin();
  readonly callbacks = {
    connection: new Callback(),
    disconnection: new Callback(),
    reconnection: new Callback(),
    dns: new Callback(),
    receive: new Callback(),
    sent: new Callback(),
  };
  pcb: TcpPcb | undefined = undefined;
  /** Lookups under way. */
  waitDns = 0;
  hold = false;
  /** What becomes of the segments that arrive in one breath; decided at the first of them. */
  delivery: 'none' | 'handed over' | 'dropped' = 'none';

  constructor(net: NetContext) {
    this.net = net;
  }
}

export class UdpSocket {
  readonly kind = 'udp socket';
  readonly net: NetContext;
  readonly pin = new Pin();
  readonly callbacks = { dns: new Callback(), receive: new Callback(), sent: new Callback() };
  pcb: UdpPcb | undefined = undefined;
  waitDns = 0;

  constructor(net: NetContext) {
    this.net = net;
  }
}

export type Socket = TcpSocket | UdpSocket;
export type NetObject = TcpServer | Socket;

export const TCP_SERVER = luaClass<TcpServer>('net.tcpserver');
export const TCP_SOCKET = luaClass<TcpSocket>('net.tcpsocket');
export const UDP_SOCKET = luaClass<UdpSocket>('net.udpsocket');

/** The methods are shared: the object behind argument 1 decides, not the table the method was taken from. */
export function anyObject(call: LuaCall): NetObject {
  const object = call.testHost(1, TCP_SOCKET) ?? call.testHost(1, TCP_SERVER) ?? call.testHost(1, UDP_SOCKET);
  return object ?? call.error('invalid user data');
}

export function anySocket(call: LuaCall): Socket {
  const object = anyObject(call);
  return object.kind === 'tcp server' ? call.error('invalid user data') : object;
}

export function tcpSocket(call: LuaCall): TcpSocket {
  const object = anyObject(call);
  return object.kind === 'tcp socket' ? object : call.error('invalid user data');
}

/** modules/net.c lwip_lua_checkerr. */
const SENTENCES: ReadonlyMap<LwipErr, string> = new Map([
  [ERR.MEM, 'out of memory'],
  [ERR.BUF, 'buffer error'],
  [ERR.TIMEOUT, 'timeout'],
  [ERR.RTE, 'routing problem'],
  [ERR.INPROGRESS, 'in progress'],
  [ERR.VAL, 'illegal value'],
  [ERR.WOULDBLOCK, 'would block'],
  [ERR.ABRT, 'connection aborted'],
  [ERR.RST, 'connection reset'],
  [ERR.CLSD, 'connection closed'],
  [ERR.CONN, 'not connected'],
  [ERR.ARG, 'illegal argument'],
  [ERR.USE, 'address in use'],
  [ERR.IF, 'netif error'],
  [ERR.ISCONN, 'already connected'],
]);

/** Raises the firmware's sentence unless the result is OK. */
export function checkErr(call: LuaCall, code: LwipErr): undefined {
  if (code !== ERR.OK) call.error(SENTENCES.get(code) ?? 'unknown error');
  return undefined;
}

/** Lengths and ports travel as unsigned 16-bit numbers. */
export const u16 = (value: number): number => value & 0xffff;

/** Takes argument `n` as the new function of a slot, if it is one. */
export function takeFunction(call: LuaCall, n: number, slot: Callback): boolean {
  if (call.type(n) !== 'function') return false;
  slot.set(call.ref(n));
  return true;
}

/** Pins the object behind argument 1 unless it is pinned already; tells whether it did. */
export function pin(call: LuaCall, object: NetObject): boolean {
  if (object.pin.isSet) return false;
  object.pin.set(call.ref(1));
  return true;
}
