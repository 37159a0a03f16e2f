import { PRIORITY } from '../../runtime/device/index.ts';
import { SntpClient, type SntpErr, type SntpRequest, type SntpResult } from '../../runtime/proto/index.ts';
import { LuaAbort, type LuaCall, type LuaHost, type LuaOutput, type LuaRef } from '../../runtime/vm/index.ts';
import { formatIpv4, IPV4_ANY } from '../../runtime/wire/index.ts';
import { arg, cString } from './arg.ts';
import { defineModule, each, fn, raw, since } from './lua.ts';
import { protoEnvOf } from './proto-env.ts';

const MAX_NAME = 128;
const POOL = [0, 1, 2, 3].map((n) => `${n}.nodemcu.pool.ntp.org`);

/** A call of sntp.sync: its servers and its two callbacks, which live as long as a round or the repetition needs them. */
class Sync implements SntpRequest {
  readonly #lua: LuaHost;
  readonly #names: readonly LuaOutput[];
  readonly #callback: LuaRef | undefined;
  readonly #errback: LuaRef | undefined;
  #uses = 0;
  /** Set while sntp.sync runs: errors are its errors then. */
  call: LuaCall | undefined;

  constructor(call: LuaCall, names: readonly LuaOutput[]) {
    this.#lua = call.lua;
    this.#names = names;
    this.#callback = call.isNoneOrNil(2) ? undefined : call.ref(2);
    this.#errback = call.isNoneOrNil(3) ? undefined : call.ref(3);
    this.call = call;
  }

  count(): number {
    return this.#names.length;
  }

  /** luaL_checkstring on the element; in a task of the firmware there is nobody to catch the error. */
  name(index: number): string {
    const value = this.#names[index];
    if (typeof value === 'string' || typeof value === 'number') return cString(`${value}`);
    const type = value === undefined ? 'nil' : typeof value === 'boolean' ? 'boolean' : value.type;
    const message = `string expected, got ${type}`;
    if (this.call !== undefined) this.call.argError(-1, message);
    throw new LuaAbort('panic', `bad argument #-1 (${message})`);
  }

  synced(result: SntpResult): void {
    if (this.#callback === undefined) return;
    const { seconds, microseconds, server, offset, delay } = result;
    const info = {
      ...('seconds' in offset ? { offset_s: offset.seconds | 0 } : { offset_us: offset.microseconds | 0 }),
      ...(delay === 0 ? {} : { delay_us: delay }),
      root_delay_us: result.rootDelay,
      root_dispersion_us: result.rootDispersion,
      root_maxerr_us: result.rootMaxError,
      stratum: result.stratum,
      leap: result.leap,
      pending_leap: result.pendingLeap,
    };
    this.#lua.pcallx(this.#callback, [seconds | 0, microseconds, formatIpv4(server), info]);
  }

  failed(code: SntpErr, message: string | undefined): void {
    if (this.#errback !== undefined) this.#lua.pcallx(this.#errback, [code, message]);
  }

  retain(): void {
    this.#uses++;
  }

  release(): void {
    if (--this.#uses > 0) return;
    this.#callback?.release();
    this.#errback?.release();
  }
}

export const sntp = defineModule({ name: 'sntp' }, (device) => {
  const env = protoEnvOf(device);
  const client = new SntpClient(env, {
    wall: device.rtc,
    uptime: () => device.uptime,
    post: (priority, task) => device.tasks.post(priority === 'high' ? PRIORITY.HIGH : PRIORITY.LOW, task),
  });

  /** What the router's DHCP server named, else the pool. */
  const defaultServers = (): readonly string[] => {
    const ntp = device.stack.netifs.find((netif) => netif.name === 'st')?.dhcp?.lease.ntpAddr ?? IPV4_ANY;
    return ntp === IPV4_ANY ? POOL : [formatIpv4(ntp)];
  };

  /** Argument 1 when it is given; the round is open already and stays so if this raises. */
  const servers = (call: LuaCall): readonly LuaOutput[] => {
    if (call.isNoneOrNil(1)) return defaultServers();
    client.forgetServers();
    const table = call.type(1) === 'table' ? call.handle(1) : undefined;
    if (table !== undefined) return Array.from({ length: table.length() }, (_, i) => table.get(i + 1));
    const name = call.checkText(1);
    if (name.length <= MAX_NAME) return [name];
    client.abandon();
    return call.error('need <128 hostname');
  };

  // Lua: sntp.sync([server | {server, …}], [function(sec, usec, server, info)], [function(code, message)], [autorepeat])
  const sync = (call: LuaCall): undefined => {
    client.stopRepeating();
    const opened = client.open();
    if (opened === 'busy') call.error('sync in progress');
    if (opened === 'no port') call.error('no port available');
    const request = new Sync(call, servers(call));
    client.start(request);
    request.call = undefined;
    if (call.isNoneOrNil(4)) return;
    if (!client.busy) env.crash('sntp: a round that is over already is to be repeated');
    else client.repeat(request);
  };

  return {
    functions: {
      sync: raw(sync),
      ...each((entry) => since('2.2', entry), {
        setoffset: fn([arg.integer()], (seconds) => client.offset.set(seconds, client.unixSeconds)),
        getoffset: fn([], () => {
          client.offset.update(client.unixSeconds);
          return client.offset.seconds;
        }),
      }),
    },
  };
});
