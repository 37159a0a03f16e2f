/** The methods of the three kinds of `net` objects, in the order and with the sentences of modules/net.c. */

import { ERR, type TcpPcb } from '../../runtime/stack/index.ts';
import { type LuaCall, type LuaMulti, multi, NIL } from '../../runtime/vm/index.ts';
import { formatIpv4, type Ipv4Address } from '../../runtime/wire/index.ts';
import { cString } from './arg.ts';
import { lookup } from './net-dns.ts';
import { explainClose, explainFull, explainLength, explainNotOpen } from './net-explain.ts';
import {
  anyObject,
  anySocket,
  checkErr,
  type NetObject,
  type TcpSocket,
  takeFunction,
  tcpSocket,
  u16,
} from './net-object.ts';
import { attachTcp, detachTcp, TCP_WND } from './net-tcp.ts';
import { sendUdp } from './net-udp.ts';

/** Lua: socket:connect(port, [ip|host], [function(sk)]) */
export function connect(call: LuaCall): undefined {
  const socket = tcpSocket(call);
  if (socket.pcb !== undefined) call.error('already connected');
  const port = u16(call.checkInteger(2));
  if (port === 0) call.error('specify port');
  const host = call.isString(3) ? (call.toText(3) as string) : '127.0.0.1';
  if (call.count > 3) {
    call.argCheck(call.type(4) === 'function', 4, 'not a function');
    takeFunction(call, 4, socket.callbacks.connection);
  }
  const pcb = socket.net.device.stack.tcp.newPcb();
  attachTcp(socket, pcb);
  socket.pcb = pcb;
  pcb.remotePort = port;
  const code = lookup(call, socket, host);
  if (code === ERR.OK || code === ERR.INPROGRESS) return undefined;
  pcb.abort();
  socket.pcb = undefined;
  return checkErr(call, code);
}

/** Lua: socket:on(name, function|nil) */
export function on(call: LuaCall): undefined {
  const socket = anySocket(call);
  const name = call.checkText(2);
  const callbacks = new Map(Object.entries(socket.callbacks));
  const slot = callbacks.get(cString(name)) ?? call.error('invalid callback name');
  if (takeFunction(call, 3, slot)) return undefined;
  if (call.type(3) !== 'nil') call.error('invalid callback function');
  slot.set(undefined);
  return undefined;
}

/** Lua: socket:send(data, [function(sk)]), udpsocket:send(port, ip, data, [function(sk)]) */
export function send(call: LuaCall): undefined {
  const socket = anySocket(call);
  return socket.kind === 'udp socket' ? sendUdp(call, socket) : sendTcp(call, socket);
}

function sendTcp(call: LuaCall, socket: TcpSocket): undefined {
  const data = call.checkBytes(2);
  if (data.length === 0) call.error('no data to send');
  takeFunction(call, 3, socket.callbacks.sent);
  if (socket.pcb === undefined || !socket.pin.isSet) call.error('not connected');
  const { pcb } = socket;
  const { device } = socket.net;
  explainLength(call, device, data.length);
  // Queued only: it leaves when the callback returns or at the next slow tick.
  const code = pcb.write(data.subarray(0, u16(data.length)));
  if (code === ERR.MEM) explainFull(call, device, pcb, data.length);
  return checkErr(call, code);
}

/** Lua: socket:hold() */
export function hold(call: LuaCall): undefined {
  const socket = tcpSocket(call);
  if (socket.pcb !== undefined) socket.hold = true;
  return undefined;
}

/** Lua: socket:unhold() */
export function unhold(call: LuaCall): undefined {
  const socket = tcpSocket(call);
  if (!socket.hold || socket.pcb === undefined) return undefined;
  socket.hold = false;
  socket.pcb.requestAck();
  socket.pcb.recved(TCP_WND);
  return undefined;
}

/** Lua: socket:ttl([ttl]). The field has eight bits, the result is the number as given. */
export function ttl(call: LuaCall): number {
  const { pcb } = anySocket(call);
  if (pcb === undefined) call.error('socket is not open/bound yet');
  const value = call.optInteger(2, -1);
  if (value === -1) return pcb.ttl;
  pcb.ttl = value & 0xff;
  return value;
}

const portAndIp = (port: number, addr: Ipv4Address): LuaMulti =>
  port === 0 ? multi(NIL, NIL) : multi(port, formatIpv4(addr));

/** Lua: socket:getpeer() */
export function getpeer(call: LuaCall): LuaMulti {
  const { pcb } = tcpSocket(call);
  return pcb === undefined ? multi(NIL, NIL) : portAndIp(pcb.remotePort, pcb.remoteAddr);
}

/** Lua: object:getaddr() */
export function getaddr(call: LuaCall): LuaMulti {
  const { pcb } = anyObject(call);
  return pcb === undefined ? multi(NIL, NIL) : portAndIp(pcb.localPort, pcb.localAddr);
}

/** Lua: object:close(). No callback follows a close of our own. */
export function close(call: LuaCall): undefined {
  const object = anyObject(call);
  if (object.pcb === undefined) {
    explainNotOpen(call, object.net.device);
    return call.error('not connected');
  }
  if (object.kind === 'tcp socket') closeTcp(call, object, object.pcb);
  else if (object.kind === 'tcp server') object.pcb.close();
  else object.pcb.remove();
  object.pcb = undefined;
  if (object.kind === 'tcp server' || object.waitDns === 0) object.pin.release();
  return undefined;
}

function closeTcp(call: LuaCall, socket: TcpSocket, pcb: TcpPcb): void {
  explainClose(call, socket.net.device, pcb);
  if (pcb.close() === ERR.OK) return;
  // No room for the FIN.
  detachTcp(pcb);
  pcb.abort();
}

/** __gc: an unpinned object that still has a connection resets it; handlers are let go. */
export function collect(call: LuaCall): undefined {
  const object = anyObject(call);
  release(object);
  if (object.kind === 'tcp server') object.accepted.set(undefined);
  else for (const slot of Object.values(object.callbacks)) slot.set(undefined);
  object.pin.release();
  return undefined;
}

function release(object: NetObject): void {
  if (object.pcb === undefined) return;
  if (object.kind === 'tcp server') object.pcb.close();
  else if (object.kind === 'udp socket') object.pcb.remove();
  else {
    detachTcp(object.pcb);
    object.pcb.abort();
  }
  object.pcb = undefined;
}
