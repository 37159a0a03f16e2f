import type { EspconnServer, EspconnTcp, EspconnUdp } from '../../runtime/proto/index.ts';
import { type LuaCall, type LuaClass, type LuaMulti, multi, NIL } from '../../runtime/vm/index.ts';
import { formatIpv4, IPV4_ANY, IPV4_BROADCAST, type Ipv4Address } from '../../runtime/wire/index.ts';
import { cString } from './arg.ts';
import { type LuaEntry, raw } from './lua.ts';
import {
  isTcp,
  OLD_SERVER,
  OLD_SOCKET,
  type OldNet,
  type OldObject,
  OldServer,
  OldSocket,
  onEnd,
  onSent,
  traffic,
} from './net-old.ts';
import { protoEnvOf } from './proto-env.ts';

const MAX_PAYLOAD = 1460;
const MAX_DOMAIN = 128;
const DNS_TRIES = 5;

const isServer = (conn: object): conn is EspconnServer => 'timeoutPolls' in conn;
const isUdp = (conn: object): conn is EspconnUdp => !isTcp(conn) && !isServer(conn);

/** Pins the object anew. */
function repin(call: LuaCall, object: OldObject): void {
  object.pin.release();
  object.pin.set(call.ref(1));
}

/** server:listen(port, [ip], [function(socket)]); the address is not used. */
function listen(call: LuaCall, server: OldServer): undefined {
  const { net, conn } = server;
  const port = call.checkInteger(2);
  if (isServer(conn)) {
    const n = call.isString(3) ? 4 : 3;
    if (call.type(n) === 'function') net.onClient.set(call.ref(n));
    net.listen(conn, port & 0xffff);
    return;
  }
  repin(call, server);
  conn.received = traffic(server).received;
  conn.delete();
  conn.localPort = port;
  conn.create();
}

/** socket:connect(port, ip|host, [function(socket)]) */
function connect(call: LuaCall, socket: OldSocket): undefined {
  const { conn } = socket;
  if (conn === undefined) return;
  const port = call.checkInteger(2);
  conn.remotePort = port;
  conn.localPort = protoEnvOf(socket.net.device).espconn.port();
  const given = call.isString(3);
  const host = given ? cString(call.toText(3) as string) : '0.0.0.0';
  const n = given ? 4 : 3;
  repin(call, socket);
  if (isTcp(conn)) {
    if (call.type(n) === 'function') socket.callbacks.connection.set(call.ref(n));
    conn.handlers = {
      ...traffic(socket),
      connected: () => socket.callbacks.connection.call(socket.net.device.lua, socket.pin.value),
      disconnected: () => onEnd(socket, conn),
      failed: () => onEnd(socket, conn),
    };
    conn.disconnect();
  } else {
    conn.received = traffic(socket).received;
    conn.delete();
  }
  socket.dnsRetries = 0;
  resolve(socket, conn, host);
}

/** socket_dns_found: five tries, each told on the console; then the socket is let go without a callback. */
function resolve(socket: OldSocket, conn: EspconnTcp | EspconnUdp, host: string): void {
  const { device } = socket.net;
  const result = device.stack.dns.resolve(host, (addr) => found(socket, conn, host, addr));
  if (result.status === 'literal') open(conn, result.addr);
}

function found(socket: OldSocket, conn: EspconnTcp | EspconnUdp, host: string, addr: Ipv4Address | undefined): void {
  if (socket.conn !== conn) return;
  if (addr !== undefined && addr !== IPV4_BROADCAST) {
    open(conn, addr);
    return;
  }
  socket.dnsRetries++;
  const { uart } = socket.net.device;
  if (socket.dnsRetries >= DNS_TRIES) {
    uart.writeText('DNS Fail!\n');
    socket.pin.release();
    return;
  }
  uart.writeText(`DNS retry ${socket.dnsRetries}!\n`);
  resolve(socket, conn, host);
}

function open(conn: EspconnTcp | EspconnUdp, addr: Ipv4Address): void {
  if (isTcp(conn)) {
    conn.connect(addr, conn.remotePort);
    return;
  }
  conn.remoteAddr = addr;
  conn.create();
}

/** Which callbacks there are: all six for TCP sockets, two for UDP, none for a TCP server. */
function on(call: LuaCall, object: OldObject): undefined {
  const name = call.checkText(2);
  call.checkType(3, 'function');
  const { conn, net } = object;
  if (conn === undefined) return net.device.fault('net_on looks at the freed connection of a socket');
  const udp = ['receive', 'sent'];
  const known = isTcp(conn) ? Object.keys(object.callbacks) : isUdp(conn) ? udp : [];
  if (!known.includes(name)) return call.error('method not supported');
  object.callbacks[name as keyof typeof object.callbacks].set(call.ref(3));
}

/** One buffer at a time; what espconn refuses is lost. */
function send(call: LuaCall, object: OldObject): undefined {
  const { conn } = object;
  if (conn === undefined) return;
  if (isServer(conn)) return call.error('tcp server send not supported');
  const data = call.checkBytes(2);
  if (data.length > MAX_PAYLOAD) call.error('need <1460 payload');
  if (call.type(3) === 'function') object.callbacks.sent.set(call.ref(3));
  if (isTcp(conn)) {
    conn.send(data);
    return;
  }
  if (object instanceof OldServer && !conn.turnToSender()) call.error('remote ip/port unavailable');
  const open = object.net.udp.open.includes(conn);
  conn.send(data);
  // Told from inside send, whatever became of the datagram.
  if (open && data.length > 0) onSent(object);
}

function close(_call: LuaCall, object: OldObject): undefined {
  const { conn, net } = object;
  if (conn === undefined) return;
  if (isServer(conn)) net.closeTcpServer();
  else if (isTcp(conn)) conn.disconnect();
  else {
    conn.delete();
    object.pin.release();
  }
}

/** socket:dns(host, [function(socket, ip)]) */
function dns(call: LuaCall, socket: OldSocket): undefined {
  if (socket.conn === undefined) return;
  repin(call, socket);
  const host = call.checkText(2);
  if (host.length > MAX_DOMAIN) call.error('need <128 domain');
  if (call.type(3) === 'function') socket.callbacks.dns.set(call.ref(3));
  lookup(socket, host);
}

/** net_dns_found: a socket that is not to connect is let go afterwards. */
function lookup(socket: OldSocket, host: string): void {
  const { device } = socket.net;
  const answer = (addr: Ipv4Address | undefined): void => {
    const { conn } = socket;
    if (conn === undefined || !socket.callbacks.dns.isSet || !socket.pin.isSet) return;
    const text = addr === undefined || addr === IPV4_BROADCAST ? NIL : addr === IPV4_ANY ? '' : formatIpv4(addr);
    socket.callbacks.dns.call(device.lua, socket.pin.value, text);
    if (conn.remotePort === 0) socket.pin.release();
  };
  const result = device.stack.dns.resolve(cString(host), answer);
  if (result.status === 'literal') answer(result.addr);
}

/** net.dns.resolve(host, function(socket, ip)): through a UDP socket of its own. */
export function resolveOld(call: LuaCall, net: OldNet): undefined {
  if (!call.isString(1)) call.error('wrong parameter type (domain)');
  const host = call.toText(1) as string;
  if (host.length > MAX_DOMAIN) call.error('need <128 domain');
  const socket = new OldSocket(net, net.udp.socket());
  socket.pin.set(call.newHost(OLD_SOCKET, socket).ref());
  if (call.type(2) === 'function') socket.callbacks.dns.set(call.ref(2));
  lookup(socket, host);
}

/** Address before port, other than later. */
function getpeer(_call: LuaCall, { conn }: OldSocket): LuaMulti {
  if (conn === undefined || conn.remotePort === 0) return multi(NIL, NIL);
  return multi(formatIpv4(conn.remoteAddr), conn.remotePort);
}

function hold(_call: LuaCall, { conn }: OldSocket, on: boolean): undefined {
  if (conn !== undefined && isTcp(conn)) conn.hold(on);
}

/** __gc: the memory behind a socket is freed even while it is connected. */
function collect(_call: LuaCall, object: OldObject): undefined {
  for (const slot of Object.values(object.callbacks)) slot.set(undefined);
  object.pin.release();
  if (object instanceof OldServer || object.conn === undefined) return;
  if (isTcp(object.conn)) object.conn.release();
  else object.conn.delete();
  object.conn = undefined;
}

const method =
  <T extends object>(cls: LuaClass<T>) =>
  (run: (call: LuaCall, self: T) => LuaMulti | undefined): LuaEntry =>
    raw((call) => run(call, call.checkHost(1, cls)));

const ofServer = method(OLD_SERVER);
const ofSocket = method(OLD_SOCKET);

export const OLD_SERVER_METHODS = {
  listen: ofServer(listen),
  close: ofServer(close),
  on: ofServer(on),
  send: ofServer(send),
  __gc: ofServer(collect),
};

export const OLD_SOCKET_METHODS = {
  connect: ofSocket(connect),
  close: ofSocket(close),
  on: ofSocket(on),
  send: ofSocket(send),
  hold: ofSocket((call, socket) => hold(call, socket, true)),
  unhold: ofSocket((call, socket) => hold(call, socket, false)),
  dns: ofSocket(dns),
  getpeer: ofSocket(getpeer),
  __gc: ofSocket(collect),
};
