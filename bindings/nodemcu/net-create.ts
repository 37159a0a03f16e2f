/** net.createServer and net.createConnection: what becomes of their type argument, by release (modules/net.c). */
import type { Device } from '../../runtime/device/index.ts';
import type { LuaCall, LuaHandle } from '../../runtime/vm/index.ts';
import { explainCreateServer } from './net-explain.ts';
import { type NetContext, TCP_SERVER, TCP_SOCKET, TcpServer, TcpSocket, UDP_SOCKET, UdpSocket } from './net-object.ts';
import { OLD_TYPE, type OldNet } from './net-old.ts';

export const TYPE_TCP = 1; // TYPE_TCP_CLIENT
export const TYPE_UDP = 2; // TYPE_UDP_SOCKET
const DEFAULT_TIMEOUT_S = 30;

type Create = (call: LuaCall) => LuaHandle;

interface Creators {
  readonly createServer: Create;
  readonly createConnection: Create;
  /** net.TCP and net.UDP. */
  readonly types: { readonly TCP: number; readonly UDP: number };
}

export function creators(device: Device, old: OldNet): Creators {
  const context = (call: LuaCall): NetContext => ({ device, lua: call.lua });
  const server = (call: LuaCall, timeout: number): LuaHandle =>
    call.newHost(TCP_SERVER, new TcpServer(context(call), timeout));
  const connection: Create = (call) => call.newHost(TCP_SOCKET, new TcpSocket(context(call)));
  const udp: Create = (call) => call.newHost(UDP_SOCKET, new UdpSocket(context(call)));
  const types = { TCP: TYPE_TCP, UDP: TYPE_UDP };

  switch (device.era.netTypes) {
    case 'espconn':
      return {
        createServer: (call) => old.createServer(call),
        createConnection: (call) => old.createConnection(call),
        types: OLD_TYPE,
      };
    case 'checked': {
      /** Whether it is to be UDP, which still works but is deprecated. */
      const wantsUdp = (call: LuaCall, type: number, what: string): boolean => {
        if (type === TYPE_UDP) device.deprecated(`net.${what} with net.UDP type`, 'in next version');
        else if (type !== TYPE_TCP) call.error('invalid type');
        return type === TYPE_UDP;
      };
      return {
        createServer: (call) => {
          const type = call.optInteger(1, TYPE_TCP);
          const timeout = call.optInteger(2, DEFAULT_TIMEOUT_S);
          return wantsUdp(call, type, 'createServer') ? udp(call) : server(call, timeout);
        },
        createConnection: (call) => {
          const type = call.optInteger(1, TYPE_TCP);
          const secure = call.optInteger(2, 0);
          if (wantsUdp(call, type, 'createConnection')) return udp(call);
          if (secure === 0) return connection(call);
          device.deprecated('net.createConnection with secure flag', 'in next version');
          return call.error('secure connections not enabled');
        },
        types,
      };
    }
    default:
      return {
        createServer: (call) => {
          const timeout = call.optInteger(1, DEFAULT_TIMEOUT_S);
          explainCreateServer(call, device);
          return server(call, timeout);
        },
        // All arguments are ignored; `net.UDP` makes no UDP socket.
        createConnection: connection,
        types,
      };
  }
}
