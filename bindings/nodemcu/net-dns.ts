/** Names: the lookups of sockets and the table `net.dns` (modules/net.c net_dns_cb, net_dns, net_dns_static). */

import { ERR, ipaddrAton, type LwipErr } from '../../runtime/stack/index.ts';
import { type LuaCall, type LuaHost, type LuaInput, type LuaRef, NIL } from '../../runtime/vm/index.ts';
import { formatIpv4, IPV4_ANY, IPV4_BROADCAST, type Ipv4Address } from '../../runtime/wire/index.ts';
import { cString } from './arg.ts';
import { explainNoRoute, explainNotFound } from './net-explain.ts';
import { anySocket, checkErr, type NetContext, pin, type Socket, takeFunction } from './net-object.ts';

/** lwipopts.h DNS_MAX_SERVERS. */
const SERVERS = 2;

/** Longest text of a server's address. */
const MAX_ADDRESS_TEXT = 16;

/** All ones means "not found" to the firmware, also when a server answers with it. */
const ipOrNil = (addr: Ipv4Address | undefined): LuaInput =>
  addr === undefined || addr === IPV4_BROADCAST ? NIL : formatIpv4(addr);

/**
 * Looks a name up for a socket, which stays pinned meanwhile. An address literal is answered before this returns.
 * INPROGRESS when a query is out; any other error leaves the socket as it was.
 */
export function lookup(call: LuaCall, socket: Socket, host: string): LwipErr {
  socket.waitDns++;
  const pinned = pin(call, socket);
  const result = socket.net.device.stack.dns.resolve(cString(host), (addr) => onFound(socket, addr));
  if (result.status === 'literal') {
    onFound(socket, result.addr);
    return ERR.OK;
  }
  if (result.status === 'pending') return ERR.INPROGRESS;
  socket.waitDns--;
  if (pinned) socket.pin.release();
  return result.code;
}

/** net_dns_cb: the answer to any lookup of this socket; a connection that waits goes to that address. */
function onFound(socket: Socket, addr: Ipv4Address | undefined): void {
  if (socket.pin.isSet) socket.callbacks.dns.call(socket.net.lua, socket.pin.value, ipOrNil(addr));
  socket.waitDns--;
  const { pcb } = socket;
  if (socket.kind === 'tcp socket' && socket.pcb?.state === 'CLOSED') {
    // A failed lookup connects to 255.255.255.255. The result is not looked at: without a route nothing ever follows.
    if (addr === undefined) explainNotFound(socket.net.device);
    const code = socket.pcb.connect(addr ?? IPV4_BROADCAST, socket.pcb.remotePort);
    if (code === ERR.RTE) explainNoRoute(socket.net.device);
  } else if (pcb === undefined && socket.waitDns === 0) {
    socket.pin.release();
  }
}

/** Lua: socket:dns(host, [function(sk, ip)]) */
export function dns(call: LuaCall): undefined {
  const socket = anySocket(call);
  const host = call.checkText(2);
  takeFunction(call, 3, socket.callbacks.dns);
  if (!socket.callbacks.dns.isSet) call.error('no callback specified');
  const code = lookup(call, socket, host);
  return code === ERR.INPROGRESS ? undefined : checkErr(call, code);
}

/** Lua: net.dns.resolve(host, function(nil, ip)) */
export function resolve(call: LuaCall, net: NetContext): undefined {
  const host = call.checkText(1);
  call.checkType(2, 'function');
  const callback = call.ref(2);
  const result = net.device.stack.dns.resolve(cString(host), (addr) => answer(net.lua, callback, addr));
  if (result.status === 'pending') return undefined;
  if (result.status === 'literal') {
    answer(net.lua, callback, result.addr);
    return undefined;
  }
  callback.release();
  return checkErr(call, result.code);
}

function answer(lua: LuaHost, callback: LuaRef, addr: Ipv4Address | undefined): void {
  try {
    lua.call(callback, [NIL, ipOrNil(addr)], 0);
  } finally {
    callback.release();
  }
}

/** Lua: net.dns.setdnsserver(ip, [index]) */
export function setdnsserver(call: LuaCall, net: NetContext): undefined {
  const text = call.checkText(1);
  const addr = text.length > MAX_ADDRESS_TEXT ? undefined : ipaddrAton(text);
  if (addr === undefined || addr === IPV4_ANY || addr === IPV4_BROADCAST) call.error('invalid dns server ip');
  const index = serverIndex(call, 2);
  if (index < SERVERS) net.device.stack.dns.setServer(index, addr);
  return undefined;
}

/** Lua: net.dns.getdnsserver([index]) */
export function getdnsserver(call: LuaCall, net: NetContext): LuaInput {
  const addr = net.device.stack.dns.servers[serverIndex(call, 1)] ?? IPV4_ANY;
  return addr === IPV4_ANY ? NIL : formatIpv4(addr);
}

function serverIndex(call: LuaCall, n: number): number {
  const index = call.optInteger(n, 0);
  if (index >= SERVERS) call.error(`server index out of range [0-${SERVERS - 1}]`);
  // The resolver takes it as an unsigned byte: a negative index is one that no server has.
  return index & 0xff;
}
