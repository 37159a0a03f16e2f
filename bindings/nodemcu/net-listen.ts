/** `server:listen` and `udpsocket:listen`, and what happens when a client connects (modules/net.c net_listen, net_accept_cb). */
import { ERR, ipaddrAton, type LwipErr, type TcpPcb, type UdpPcb } from '../../runtime/stack/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import type { Ipv4Address } from '../../runtime/wire/index.ts';
import { explainPortTaken } from './net-explain.ts';
import {
  anyObject,
  checkErr,
  pin,
  TCP_SOCKET,
  type TcpServer,
  TcpSocket,
  takeFunction,
  type UdpSocket,
  u16,
} from './net-object.ts';
import { attachTcp, onConnected } from './net-tcp.ts';
import { attachUdp } from './net-udp.ts';

/** One probe after the idle time; keep_intvl stays lwIP's 10 s. */
const KEEP_COUNT = 1;

/** Lua: server:listen([port], [ip], function(c)), udpsocket:listen([port], [ip]) */
export function listen(call: LuaCall): undefined {
  const object = anyObject(call);
  if (object.kind === 'tcp socket') return call.error('invalid user data');
  if (object.pcb !== undefined) call.error('already listening');
  let n = 2;
  const port = call.isNumber(n) ? u16(call.toInteger(n++)) : 0;
  const address = ipaddrAton(call.isString(n) ? (call.toText(n++) as string) : '0.0.0.0');
  if (address === undefined) call.error('invalid IP address');
  if (object.kind === 'tcp server' && !takeFunction(call, n, object.accepted)) call.error('need callback');
  const code = object.kind === 'tcp server' ? listenTcp(object, address, port) : listenUdp(object, address, port);
  if (code === ERR.MEM) explainPortTaken(call, object.net.device, port);
  checkErr(call, code);
  pin(call, object);
}

function listenTcp(server: TcpServer, address: Ipv4Address, port: number): LwipErr {
  const pcb = server.net.device.stack.tcp.newPcb();
  pcb.reuseAddr = true;
  const bound = pcb.bind(address, port);
  // tcp_listen answers NULL when address and port have a listener: that reads "out of memory".
  const code = bound !== ERR.OK || pcb.listen() === ERR.OK ? bound : ERR.MEM;
  if (code !== ERR.OK) {
    pcb.close();
    return code;
  }
  pcb.handlers = { accepted: (connection) => accept(server, connection) };
  server.pcb = pcb;
  return code;
}

function listenUdp(socket: UdpSocket, address: Ipv4Address, port: number): LwipErr {
  const pcb: UdpPcb = attachUdp(socket);
  const code = pcb.bind(address, port);
  if (code === ERR.OK) return code;
  pcb.remove();
  socket.pcb = undefined;
  return code;
}

/** The handshake of a client is complete. */
function accept(server: TcpServer, pcb: TcpPcb): LwipErr {
  if (server.pcb === undefined || !server.pin.isSet || !server.accepted.isSet) return ERR.ABRT;
  const { lua } = server.net;
  const socket = new TcpSocket(server.net);
  socket.pin.set(lua.newHost(TCP_SOCKET, socket));
  socket.pcb = pcb;
  attachTcp(socket, pcb);
  pcb.keepAlive = true;
  // Unsigned in C: a negative time-out is a very long idle time.
  pcb.keepIdleMs = (server.timeout * 1000) >>> 0;
  pcb.keepCount = KEEP_COUNT;
  server.accepted.call(lua, socket.pin.value);
  // The firmware hands over the block the socket has by now, so closing in the callback is no error.
  return onConnected(socket, socket.pcb);
}
