/** UDP sockets of `net`: what arrives, and `udpsocket:send` (modules/net.c net_udp_recv_cb, net_send). */
import { ERR, ipaddrAton, type UdpPcb } from '../../runtime/stack/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { formatIpv4, IPV4_ANY, type Ipv4Address } from '../../runtime/wire/index.ts';
import { explainNoName, explainTooLong } from './net-explain.ts';
import { checkErr, pin, takeFunction, type UdpSocket, u16 } from './net-object.ts';

/** Gives the socket a new block. */
export function attachUdp(socket: UdpSocket): UdpPcb {
  const pcb = socket.net.device.stack.udp.newPcb();
  pcb.recv = (data, from, port) => onDatagram(socket, data, from, port);
  socket.pcb = pcb;
  return pcb;
}

/** Lua: receive(socket, data, port, ip) */
function onDatagram(socket: UdpSocket, data: Uint8Array, from: Ipv4Address, port: number): void {
  if (socket.pcb === undefined || !socket.pin.isSet) return;
  socket.callbacks.receive.call(socket.net.lua, socket.pin.value, data, port, formatIpv4(from));
}

/** Lua: udpsocket:send(port, ip, data, [function(s)]) */
export function sendUdp(call: LuaCall, socket: UdpSocket): undefined {
  const { sent } = socket.callbacks;
  const port = u16(call.checkInteger(2));
  if (port === 0) call.error('need port');
  const address = ipaddrAton(call.checkText(3));
  if (address === undefined) {
    explainNoName(call, socket.net.device);
    return call.error('invalid IP address');
  }
  const data = call.checkBytes(4);
  if (data.length === 0) call.error('no data to send');
  takeFunction(call, 5, sent);
  if (socket.pcb === undefined) bindAny(call, socket);
  if (socket.pcb === undefined || !socket.pin.isSet) call.error('not connected');
  explainTooLong(call, socket.net.device, data.length);
  const code = socket.pcb.sendTo(data.subarray(0, u16(data.length)), address, port);
  // Before the result is looked at: `sent` also fires for what was not sent.
  sent.call(socket.net.lua, socket.pin.value);
  return checkErr(call, code);
}

function bindAny(call: LuaCall, socket: UdpSocket): void {
  const pcb = attachUdp(socket);
  const code = pcb.bind(IPV4_ANY, 0);
  if (code !== ERR.OK) {
    pcb.remove();
    socket.pcb = undefined;
    checkErr(call, code);
  }
  pin(call, socket);
}
