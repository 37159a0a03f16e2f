import type { Netif } from '../../runtime/stack/index.ts';
import { ipaddrAton } from '../../runtime/stack/index.ts';
import { type LuaCall, type LuaInput, record } from '../../runtime/vm/index.ts';
import { formatIpv4, IPV4_ANY, IPV4_BROADCAST, type Ipv4Address, macBytes } from '../../runtime/wire/index.ts';
import { classSpec, defineModule, raw, since, until } from './lua.ts';
import { creators } from './net-create.ts';
import { dns, getdnsserver, resolve, setdnsserver } from './net-dns.ts';
import { listen } from './net-listen.ts';
import { type NetContext, TCP_SERVER, TCP_SOCKET, UDP_SOCKET, UdpSocket } from './net-object.ts';
import { OLD_SERVER, OLD_SOCKET, OldNet } from './net-old.ts';
import { OLD_SERVER_METHODS, OLD_SOCKET_METHODS, resolveOld } from './net-old-methods.ts';
import { ping } from './net-ping.ts';
import { close, collect, connect, getaddr, getpeer, hold, on, send, ttl, unhold } from './net-socket.ts';

/** net.ifinfo's indices: SDK STATION_IF and SOFTAP_IF. */
const INTERFACES: readonly string[] = ['st', 'ap'];

const OPEN = { listen: raw(listen), close: raw(close), getaddr: raw(getaddr), __gc: raw(collect) };
const SOCKET = { on: raw(on), send: raw(send), dns: raw(dns), ttl: raw(ttl) };

export const net = defineModule({ name: 'net' }, (device) => {
  const context = (call: LuaCall): NetContext => ({ device, lua: call.lua });
  const old = new OldNet(device);
  const { createServer, createConnection, types } = creators(device, old);
  const isOld = device.era.netTypes === 'espconn';
  return {
    order: 'createServer createConnection createUDPSocket ifinfo multicastJoin multicastLeave ping dns TCP UDP',
    functions: {
      createServer: raw(createServer),
      createConnection: raw(createConnection),
      createUDPSocket: since(
        '2.2',
        raw((call) => call.newHost(UDP_SOCKET, new UdpSocket(context(call)))),
      ),
      ifinfo: since(
        '3.0',
        raw((call) => {
          const index = call.optInteger(1, 0);
          const netif = device.stack.netifs.find((n) => n.name === INTERFACES[index]);
          return netif === undefined ? undefined : describe(netif);
        }),
      ),
      multicastJoin: raw((call) => {
        const { netif, group } = multicast(call);
        device.stack.igmp.join(netif, group);
        return undefined;
      }),
      multicastLeave: raw((call) => {
        const { netif, group } = multicast(call);
        device.stack.igmp.leave(netif, group);
        return undefined;
      }),
      ping: since(
        '3.0',
        raw((call) => ping(call, context(call))),
      ),
    },
    constants: types,
    tables: {
      dns: {
        functions: {
          setdnsserver: raw((call) => setdnsserver(call, context(call))),
          getdnsserver: raw((call) => getdnsserver(call, context(call))),
          resolve: raw((call) => (isOld ? resolveOld(call, old) : resolve(call, context(call)))),
        },
      },
    },
    classes: [
      since('2.2', classSpec(TCP_SERVER, OPEN, 'listen getaddr close')),
      since('2.2', classSpec(UDP_SOCKET, { ...OPEN, ...SOCKET }, 'listen close on send dns ttl getaddr')),
      since(
        '2.2',
        classSpec(
          TCP_SOCKET,
          {
            ...SOCKET,
            connect: raw(connect),
            close: OPEN.close,
            getaddr: OPEN.getaddr,
            getpeer: raw(getpeer),
            hold: raw(hold),
            unhold: raw(unhold),
            __gc: OPEN.__gc,
          },
          'connect close on send hold unhold dns ttl getpeer getaddr',
        ),
      ),
      until('1.5', 2017, classSpec(OLD_SERVER, OLD_SERVER_METHODS)),
      until('1.5', 2017, classSpec(OLD_SOCKET, OLD_SOCKET_METHODS)),
    ],
  };
});

/** The table of net.ifinfo: addresses that are not set are absent, `hwaddr` is six raw bytes. */
function describe(netif: Netif): LuaInput {
  const ip = (addr: Ipv4Address): string | undefined => (addr === IPV4_ANY ? undefined : formatIpv4(addr));
  const { dhcp } = netif;
  const base = {
    hwaddr: macBytes(netif.mac),
    ip: ip(netif.addr),
    netmask: ip(netif.netmask),
    gateway: ip(netif.gateway),
  };
  if (dhcp === undefined) return record(base);
  const { serverAddr, addr, ntpAddr } = dhcp.lease;
  const lease = { server_ip: ip(serverAddr), client_ip: ip(addr), ntp_server: ip(ntpAddr) };
  return record({ ...base, dhcp: record(lease) });
}

/** Lua: (ifip, group). "" and "any" mean all interfaces; only the length of the texts is checked. */
function multicast(call: LuaCall): { netif: Ipv4Address; group: Ipv4Address } {
  const name = call.isString(1) ? call.checkText(1) : call.error('wrong arg type');
  const any = name === '' || name.toLowerCase() === 'any';
  const netif = address(call, any ? '0.0.0.0' : name, 'invalid if ip');
  const text = call.isString(2) ? call.checkText(2) : call.error('wrong arg type');
  return { netif, group: address(call, text, 'invalid multicast ip') };
}

function address(call: LuaCall, text: string, message: string): Ipv4Address {
  if (text.length < 7 || text.length > 15) call.error(message);
  return ipaddrAton(text) ?? IPV4_BROADCAST;
}
