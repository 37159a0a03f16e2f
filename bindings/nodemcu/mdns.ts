import { WIFI_MODE } from '../../runtime/device/index.ts';
import { MdnsResponder, type MdnsService } from '../../runtime/proto/index.ts';
import type { Netif } from '../../runtime/stack/index.ts';
import type { LuaCall, LuaHandle, LuaOutput } from '../../runtime/vm/index.ts';
import { IPV4_ANY } from '../../runtime/wire/index.ts';
import { cString } from './arg.ts';
import { defineModule, fn, raw } from './lua.ts';
import { protoEnvOf } from './proto-env.ts';

const MAX_ATTRIBUTES = 10;

export const mdns = defineModule({ name: 'mdns' }, (device) => {
  const netif = (name: string): Netif | undefined => device.stack.netifs.find((n) => n.name === name);
  /** The interface whose address counts: the soft access point only when it is alone. */
  const main = (): Netif | undefined => netif(device.wifi.mode === WIFI_MODE.SOFTAP ? 'ap' : 'st');
  const responder = new MdnsResponder(protoEnvOf(device), {
    interfaces: () => {
      const { mode } = device.wifi;
      const station = (mode & WIFI_MODE.STATION) !== 0 ? netif('st') : undefined;
      const softAp = (mode & WIFI_MODE.SOFTAP) !== 0 ? netif('ap') : undefined;
      return [station, softAp].filter((n) => n !== undefined);
    },
    address: () => main()?.addr ?? IPV4_ANY,
  });

  // Lua: mdns.register(hostname, [{ port, service, description, attribute = value, … }])
  const register = (call: LuaCall): undefined => {
    const host = cString(call.checkText(1));
    const service = readService(call, host);
    if (main()?.usable !== true) call.error('No network connection');
    if (!responder.register(service)) {
      responder.close();
      call.error('Unable to start mDns daemon');
    }
  };

  return {
    functions: { register: raw(register), close: fn([], () => responder.close()) },
  };
});

/** The table is walked in Lua's order; the tenth attribute ends the walk. */
function readService(call: LuaCall, host: string): MdnsService {
  const attributes: string[] = [];
  const service = { host, description: host, service: 'http', port: 80, attributes };
  if (call.count < 2) return service;
  call.checkType(2, 'table');
  for (const [key, value] of (call.handle(2) as LuaHandle).pairs()) {
    if (attributes.length >= MAX_ATTRIBUTES) break;
    if (typeof key !== 'string') call.argError(-2, `string expected, got ${typeName(key)}`);
    const name = cString(key);
    if (name === 'port') service.port = integer(call, value) & 0xffff;
    else if (name === 'service') service.service = text(call, value);
    else if (name === 'description') service.description = text(call, value);
    else attributes.push(`${name}=${text(call, value)}`);
  }
  return service;
}

/** The firmware checks values at the top of the stack, and so do its sentences. */
function text(call: LuaCall, value: LuaOutput): string {
  if (typeof value === 'string' || typeof value === 'number') return cString(`${value}`);
  return call.argError(-1, `string expected, got ${typeName(value)}`);
}

function integer(call: LuaCall, value: LuaOutput): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return Math.trunc(number);
  return call.argError(-1, `number expected, got ${typeName(value)}`);
}

const typeName = (value: LuaOutput): string =>
  value === undefined ? 'nil' : typeof value === 'object' ? value.type : typeof value;
