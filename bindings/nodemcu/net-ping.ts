/** `net.ping` (modules/net_ping.c). The probes are runtime/stack/ping.ts; here are arguments and callbacks. */

import type { LuaCall, LuaHost, LuaInput, LuaRef } from '../../runtime/vm/index.ts';
import { formatIpv4, IPV4_BROADCAST, type Ipv4Address } from '../../runtime/wire/index.ts';
import { cString } from './arg.ts';
import type { NetContext } from './net-object.ts';

/** One call of net.ping: its two callbacks, protected ones (luaL_pcallx). */
class PingCall {
  readonly #lua: LuaHost;
  readonly #received: LuaRef;
  readonly #sent: LuaRef | undefined;

  constructor(lua: LuaHost, received: LuaRef, sent: LuaRef | undefined) {
    this.#lua = lua;
    this.#received = received;
    this.#sent = sent;
  }

  received(...args: LuaInput[]): void {
    this.#lua.pcallx(this.#received, args);
  }

  sent(...args: LuaInput[]): void {
    if (this.#sent !== undefined) this.#lua.pcallx(this.#sent, args);
  }

  release(): void {
    this.#received.release();
    this.#sent?.release();
  }
}

/** Lua: net.ping(host, [count], function(bytes, ip, seq, rtt), [function(ip, total, timeouts, bytes, time)]) */
export function ping(call: LuaCall, net: NetContext): undefined {
  const host = call.checkText(1);
  const early = call.type(2) === 'function';
  const count = early ? 0 : call.optInteger(2, 0);
  const received = early ? 2 : 3;
  const sent = received + 1;
  // The firmware counts these two from the top of the stack, and so do its sentences.
  call.argCheck(call.type(received) === 'function', -2, 'no received callback specified');
  const hasSent = call.type(sent) === 'function';
  call.argCheck(hasSent || call.isNoneOrNil(sent), -1, 'invalid sent callback, function expected');
  const running = new PingCall(net.lua, call.ref(received), hasSent ? call.ref(sent) : undefined);
  const result = net.device.stack.dns.resolve(cString(host), (addr) => start(net, running, addr, count));
  if (result.status === 'literal') start(net, running, result.addr, count);
  if (result.status !== 'error') return undefined;
  running.release();
  return call.error(`lwip error ${result.code}`);
}

/** net_ping_raw. A name not found, which is 255.255.255.255 to it, is told as a reply of 0 bytes with nothing else. */
function start(net: NetContext, running: PingCall, target: Ipv4Address | undefined, count: number): void {
  if (target === undefined || target === IPV4_BROADCAST) {
    running.received(0);
    running.release();
    return;
  }
  const ip = formatIpv4(target);
  net.device.stack.ping.start(target, count >>> 0, {
    reply: (bytes, seq, rttMs) => running.received(bytes, ip, seq, rttMs),
    timeout: () => running.received(0, ip, 0, -1),
    done: (total, timeouts, bytes, totalMs) => {
      running.sent(ip, total | 0, timeouts | 0, bytes | 0, totalMs | 0);
      running.release();
    },
  });
}
