/** `tls`: client connections with TLS. Docs: docs/modules/tls.md · Firmware: modules/tls.c; engine: runtime/proto/espconn-secure.ts. */

import type { Device } from '../../runtime/device/index.ts';
import { ESPCONN, type EspconnConnection, type EspconnErr, type EspconnSecure } from '../../runtime/proto/index.ts';
import { type LuaCall, type LuaHost, type LuaInput, type LuaMulti, multi, NIL } from '../../runtime/vm/index.ts';
import { formatIpv4, type Ipv4Address } from '../../runtime/wire/index.ts';
import { cString } from './arg.ts';
import { approximated, classSpec, defineModule, luaClass, raw, todo, until } from './lua.ts';
import { Callback, Pin, takeFunction, u16 } from './net-object.ts';
import { protoEnvOf } from './proto-env.ts';
import { AUTH, type CertificateStore, Certificates, VERIFY } from './tls-cert.ts';

const EVENTS = ['connection', 'disconnection', 'reconnection', 'receive', 'sent', 'dns'] as const;
type Event = (typeof EVENTS)[number];

/** tls.c tls_socket_onreconnect: all other codes have no text. */
const REASONS: ReadonlyMap<EspconnErr, string> = new Map([
  [ESPCONN.MEM, 'Out of memory'],
  [ESPCONN.TIMEOUT, 'Timeout'],
  [ESPCONN.RTE, 'Routing problem'],
  [ESPCONN.ABRT, 'Connection aborted'],
  [ESPCONN.RST, 'Connection reset'],
  [ESPCONN.CLSD, 'Connection closed'],
  [ESPCONN.HANDSHAKE, 'SSL handshake failed'],
  [ESPCONN.SSL_INVALID_DATA, 'SSL application invalid'],
]);

/** The userdata: a connection and the functions that hear of it. */
class TlsSocket {
  /** Set from connect to the end. */
  readonly pin = new Pin();
  readonly callbacks = Object.fromEntries(EVENTS.map((name) => [name, new Callback()])) as Record<Event, Callback>;
  /** While there is memory behind `proto.tcp`. A lookup that fails leaves it behind. */
  conn: EspconnConnection | undefined;
  readonly #device: Device;
  readonly #layer: EspconnSecure;
  readonly #lua: LuaHost;

  constructor(device: Device, layer: EspconnSecure, lua: LuaHost) {
    this.#device = device;
    this.#layer = layer;
    this.#lua = lua;
  }

  connect(host: string, port: number): void {
    const conn = this.#layer.connection();
    this.conn = conn;
    conn.remotePort = port;
    conn.handlers = {
      connected: () => this.#tell('connection'),
      received: (data) => this.#tell('receive', data),
      sent: () => this.#tell('sent'),
      disconnected: () => this.#onDisconnected(),
      failed: (code) => this.#onFailed(code),
    };
    const lookup = this.#device.stack.dns.resolve(host, (addr) => this.#onFound(conn, addr));
    if (lookup.status !== 'pending') this.#onFound(conn, lookup.status === 'literal' ? lookup.addr : undefined);
  }

  /** tls_socket_delete. */
  collect(): void {
    this.conn?.disconnect();
    this.#free();
    for (const slot of Object.values(this.callbacks)) slot.set(undefined);
    this.pin.release();
  }

  /** tls_socket_dns_cb. What becomes of the connect is not looked at. */
  #onFound(conn: EspconnConnection, addr: Ipv4Address | undefined): void {
    if (!this.pin.isSet) return;
    this.#tell('dns', addr === undefined ? NIL : formatIpv4(addr));
    if (addr === undefined) this.pin.release();
    else conn.connect(addr, conn.remotePort);
  }

  /** tls_socket_ondisconnect: the pin is gone before the function is called, so that it gets nil. */
  #onDisconnected(): void {
    if (!this.pin.isSet) return;
    this.#cleanUp();
    this.callbacks.disconnection.call(this.#lua, NIL);
  }

  /** tls_socket_onreconnect. */
  #onFailed(code: EspconnErr): void {
    const self = this.pin.take();
    if (self === undefined) return;
    this.#free();
    this.callbacks.reconnection.call(this.#lua, self, REASONS.get(code) ?? NIL);
    self.release();
  }

  #tell(event: Event, ...args: LuaInput[]): void {
    if (this.pin.isSet) this.callbacks[event].call(this.#lua, this.pin.value, ...args);
  }

  #cleanUp(): void {
    this.#free();
    this.pin.release();
  }

  #free(): void {
    this.conn?.release();
    this.conn = undefined;
  }
}

const SOCKET = luaClass<TlsSocket>('tls.socket');

const self = (call: LuaCall): TlsSocket => call.checkHost(1, SOCKET);

/** Lua: socket:connect(port, [ip|host]) */
function connect(call: LuaCall): undefined {
  const socket = self(call);
  if (socket.conn !== undefined) call.error('already connected');
  const port = u16(call.checkInteger(2));
  const host = call.isString(3) ? cString(call.toText(3) as string) : '127.0.0.1';
  if (port === 0) call.error('invalid port');
  if (!socket.pin.isSet) socket.pin.set(call.ref(1));
  socket.connect(host, port);
  return undefined;
}

/** Lua: socket:on(event, function(sk, …) | nil) */
function on(call: LuaCall): undefined {
  const { callbacks } = self(call);
  const name = cString(call.checkText(2));
  const slot = new Map<string, Callback>(Object.entries(callbacks)).get(name) ?? call.error('invalid method');
  if (takeFunction(call, 3, slot)) return undefined;
  if (call.type(3) !== 'nil') call.error('invalid callback function');
  slot.set(undefined);
  return undefined;
}

/** Lua: socket:send(data) */
function send(call: LuaCall): undefined {
  const { conn } = self(call);
  const data = call.checkBytes(2);
  conn?.send(data);
  return undefined;
}

/** Lua: socket:getpeer() */
function getpeer(call: LuaCall): LuaMulti {
  const { conn } = self(call);
  return conn === undefined ? multi(NIL, NIL) : multi(formatIpv4(conn.remoteAddr), conn.remotePort);
}

export const tls = defineModule({ name: 'tls', lifetime: { since: '2.2' } }, (device) => {
  const layer = (call: LuaCall): EspconnSecure =>
    protoEnvOf(device).secure ?? call.error('not supported by the simulator: tls in a build without SSL');
  let certificates: Certificates | undefined;
  const set = (call: LuaCall, store: CertificateStore): boolean => {
    certificates ??= new Certificates(device, layer(call).settings);
    return certificates.set(call, store);
  };
  return {
    functions: {
      createConnection: raw((call) => call.newHost(SOCKET, new TlsSocket(device, layer(call), call.lua))),
    },
    tables: {
      cert: { functions: { verify: raw((call) => set(call, VERIFY)), auth: raw((call) => set(call, AUTH)) } },
    },
    classes: [
      classSpec(SOCKET, {
        connect: approximated('the handshake takes no device time; its heap is not counted', raw(connect)),
        close: raw((call) => {
          self(call).conn?.disconnect();
        }),
        on: raw(on),
        send: raw(send),
        hold: raw((call) => self(call).conn?.hold(true)),
        unhold: raw((call) => self(call).conn?.hold(false)),
        getpeer: raw(getpeer),
        dns: until('2.2', 2019, todo('tls.socket:dns')),
        __gc: raw((call) => self(call).collect()),
      }),
    ],
  };
});
