/**
 * `net` of release 1.5: one TCP server, one UDP server and sockets of either kind, on espconn. Firmware: app/modules/net.c
 * of 1.5.4.1. Results of espconn are not looked at, so a send beyond the one outstanding vanishes without a word.
 */
import type { Device } from '../../runtime/device/index.ts';
import { EspconnServer, type EspconnTcp, type EspconnUdp, EspconnUdpLayer } from '../../runtime/proto/index.ts';
import type { LuaCall, LuaHandle } from '../../runtime/vm/index.ts';
import { luaClass } from './lua.ts';
import { Callback, Pin } from './net-object.ts';
import { protoEnvOf } from './proto-env.ts';

/** espconn.h enum espconn_type: net.TCP and net.UDP of that time. */
export const OLD_TYPE = { TCP: 0x10, UDP: 0x20 } as const;
const MAX_SOCKETS = 5; // MAX_SOCKET
const DEFAULT_TIMEOUT = 30;
const MAX_TIMEOUT = 28_800;

const newCallbacks = () => ({
  connection: new Callback(),
  reconnection: new Callback(),
  disconnection: new Callback(),
  receive: new Callback(),
  sent: new Callback(),
  dns: new Callback(),
});

/** The userdata `net.socket`. */
export class OldSocket {
  readonly net: OldNet;
  readonly pin = new Pin();
  readonly callbacks = newCallbacks();
  /** What is behind it; undefined once the connection has ended (`pesp_conn`). */
  conn: EspconnTcp | EspconnUdp | undefined;
  /** Failed lookups of one connect. */
  dnsRetries = 0;

  constructor(net: OldNet, conn: EspconnTcp | EspconnUdp) {
    this.net = net;
    this.conn = conn;
  }
}

/** The userdata `net.server`. */
export class OldServer {
  readonly net: OldNet;
  readonly pin = new Pin();
  readonly callbacks = newCallbacks();
  readonly conn: EspconnServer | EspconnUdp;

  constructor(net: OldNet, conn: EspconnServer | EspconnUdp) {
    this.net = net;
    this.conn = conn;
  }
}

export type OldObject = OldSocket | OldServer;

export const OLD_SOCKET = luaClass<OldSocket>('net.socket');
export const OLD_SERVER = luaClass<OldServer>('net.server');

export const isTcp = (conn: object): conn is EspconnTcp => 'allocated' in conn;

/** What the module keeps: the two servers and the sockets that clients of the TCP server got. */
export class OldNet {
  readonly device: Device;
  /** The function of listen; whether there is one decides if another server may be made. */
  readonly onClient = new Callback();
  readonly #clients: OldSocket[] = [];
  #tcpServer: EspconnServer | undefined;
  #udpServer: EspconnUdp | undefined;
  #udpOwner: OldServer | undefined;
  #timeout = DEFAULT_TIMEOUT;
  #udp: EspconnUdpLayer | undefined;

  constructor(device: Device) {
    this.device = device;
  }

  get udp(): EspconnUdpLayer {
    this.#udp ??= new EspconnUdpLayer(this.device.stack);
    return this.#udp;
  }

  /** Lua: net.createServer(type, [timeout], [function(server)]) */
  createServer(call: LuaCall): LuaHandle {
    const type = this.#type(call);
    let n = 2;
    if (type === OLD_TYPE.TCP) {
      this.#timeout = DEFAULT_TIMEOUT;
      if (call.isNumber(n)) this.#timeout = call.toInteger(n++);
      if (this.#timeout < 1 || this.#timeout > MAX_TIMEOUT) call.error('wrong arg type');
    }
    const server = new OldServer(this, type === OLD_TYPE.TCP ? this.#tcp(call) : this.#udpOf(call));
    if (type === OLD_TYPE.UDP) this.#udpOwner = server;
    return this.#made(call, call.newHost(OLD_SERVER, server), n);
  }

  /** Lua: net.createConnection(type, [function(socket)]) */
  createConnection(call: LuaCall): LuaHandle {
    const tcp = this.#type(call) === OLD_TYPE.TCP;
    const { espconn } = protoEnvOf(this.device);
    const socket = new OldSocket(this, tcp ? espconn.tcp() : this.udp.socket());
    return this.#made(call, call.newHost(OLD_SOCKET, socket), 2);
  }

  /** Starts the TCP server at a port. */
  listen(server: EspconnServer, port: number): void {
    server.accepted = (client) => this.#accept(server, client);
    server.listen(port);
    server.timeoutPolls = this.#timeout;
  }

  /** server:close() ends the connections and lets go of the function; the port stays open. */
  closeTcpServer(): void {
    this.onClient.set(undefined);
    for (const { conn } of [...this.#clients]) if (conn !== undefined && isTcp(conn)) conn.disconnect();
  }

  #type(call: LuaCall): number {
    const type = call.checkInteger(1);
    if (type !== OLD_TYPE.TCP && type !== OLD_TYPE.UDP) call.error('wrong arg type');
    return type;
  }

  #tcp(call: LuaCall): EspconnServer {
    if (this.#tcpServer !== undefined && this.onClient.isSet) call.error('only one tcp server allowed');
    this.#tcpServer ??= new EspconnServer(this.device.stack, protoEnvOf(this.device).espconn);
    return this.#tcpServer;
  }

  #udpOf(call: LuaCall): EspconnUdp {
    if (this.#udpOwner?.pin.isSet) call.error('only one udp server allowed');
    this.#udpServer ??= this.udp.socket();
    return this.#udpServer;
  }

  /** A function after the other arguments is called with the new object. */
  #made(call: LuaCall, handle: LuaHandle, n: number): LuaHandle {
    const then = call.type(n) === 'function' ? call.handle(n) : undefined;
    if (then !== undefined) call.lua.call(then, [handle], 0);
    return handle;
  }

  /** net_server_connected. */
  #accept(server: EspconnServer, client: EspconnTcp): void {
    if (this.#clients.length >= MAX_SOCKETS) {
      this.device.uart.writeText('MAX_SOCKET\n');
      client.disconnect();
      return;
    }
    if (!this.onClient.isSet) return;
    const { lua } = this.device;
    const socket = new OldSocket(this, client);
    socket.pin.set(lua.newHost(OLD_SOCKET, socket));
    this.#clients.push(socket);
    const gone = (): void => {
      server.forget(client);
      socket.callbacks.disconnection.call(lua, socket.pin.value);
      const at = this.#clients.indexOf(socket);
      if (at < 0) return;
      this.#clients.splice(at, 1);
      socket.conn = undefined;
      socket.pin.release();
    };
    client.handlers = { ...traffic(socket), disconnected: gone, failed: gone };
    this.onClient.call(lua, socket.pin.value);
  }
}

/** net_socket_received, net_socket_sent. */
export const traffic = (object: OldObject) => ({
  received: (data: Uint8Array): void => {
    if (object.pin.isSet) object.callbacks.receive.call(object.net.device.lua, object.pin.value, data);
  },
  sent: (): void => onSent(object),
});

export function onSent(object: OldObject): void {
  if (object.pin.isSet) object.callbacks.sent.call(object.net.device.lua, object.pin.value);
}

/** A client socket came to its end, or never got anywhere: the same for scripts. Its memory is freed after the callback. */
export function onEnd(socket: OldSocket, conn: EspconnTcp): void {
  socket.callbacks.disconnection.call(socket.net.device.lua, socket.pin.value);
  conn.release();
  socket.conn = undefined;
  socket.pin.release();
}
