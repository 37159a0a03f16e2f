/** `enduser_setup`: a portal that asks for Wi-Fi credentials. Firmware: app/modules/enduser_setup.c; engine: runtime/proto. */
import { fromLatin1 } from '../../runtime/core/index.ts';
import { authModeNumber, type Device, PRIORITY } from '../../runtime/device/index.ts';
import { EnduserSetup, type SetupHost } from '../../runtime/proto/index.ts';
import type { LuaCall, LuaRef } from '../../runtime/vm/index.ts';
import { formatMac, IPV4_ANY } from '../../runtime/wire/index.ts';
import { approximated, defineModule, fn, raw } from './lua.ts';
import { PORTAL_PAGE } from './portal-page.ts';
import { protoEnvOf } from './proto-env.ts';

const PAGES = ['enduser_setup.html.gz', 'enduser_setup.html'];
const PARAMS = 'eus_params.lua';
/** What the firmware asks of its access point; as many stations as the SDK takes. */
const ACCESS_POINT = { password: '', auth: 0, hidden: false, max: 5, beacon: 100 };
const STATION_AND_AP = 3;
const DEFAULT_SSID_MAX = 32;

/** The device around the portal, and the callbacks of the program. */
class Host implements SetupHost {
  readonly #device: Device;
  onConnected: LuaRef | undefined;
  onError: LuaRef | undefined;

  constructor(device: Device) {
    this.#device = device;
  }

  get mode(): number {
    return this.#device.wifi.mode;
  }

  setMode(mode: number): void {
    this.#device.wifi.setMode(mode, true);
  }

  get channel(): number {
    return this.#device.wifi.channel;
  }

  get station(): SetupHost['station'] {
    const { status, config, ip } = this.#device.wifi;
    return { status, ssid: config?.ssid ?? '', addr: ip?.addr ?? IPV4_ANY };
  }

  get apAddress(): SetupHost['apAddress'] {
    return this.#device.wifi.softAp.addresses.addr;
  }

  get chipId(): number {
    return this.#device.profile.mac % 2 ** 24;
  }

  get takesForms(): boolean {
    return this.#device.era.setupTakesForms;
  }

  startAp(ssid: string | undefined, channel: number): void {
    const { softAp } = this.#device.wifi;
    const tail = formatMac(softAp.mac).slice(9).replaceAll(':', '').toUpperCase();
    const name = ssid ?? `${this.takesForms ? 'NodeMCU' : 'SetupGadget'}_${tail}`;
    this.setMode(STATION_AND_AP);
    softAp.configure({ ...ACCESS_POINT, ssid: name.slice(0, DEFAULT_SSID_MAX), channel }, true);
  }

  scan(done: Parameters<SetupHost['scan']>[0]): boolean {
    return this.#device.wifi.scan({}, (results) =>
      done(
        results.map(({ ssid, rssi, channel, authMode }) => ({ ssid, rssi, channel, auth: authModeNumber(authMode) })),
      ),
    );
  }

  configure({ ssid, password }: Parameters<SetupHost['configure']>[0]): void {
    const { wifi } = this.#device;
    wifi.disconnect();
    wifi.setStation({ ssid, password }, true);
    wifi.connect();
  }

  connect(): void {
    this.#device.wifi.connect();
  }

  disconnect(): void {
    this.#device.wifi.disconnect();
  }

  post(task: () => void): void {
    this.#device.tasks.post(PRIORITY.MEDIUM, task);
  }

  page(): Uint8Array {
    const { flash } = this.#device;
    for (const name of PAGES) {
      const page = flash.read(name);
      if (page !== undefined) return page;
    }
    return fromLatin1(PORTAL_PAGE);
  }

  saveParams(text: string): void {
    this.#device.flash.put(PARAMS, fromLatin1(text));
  }

  connected(): void {
    if (this.onConnected !== undefined) this.#device.lua.pcallx(this.onConnected);
  }

  failed(code: number, message: string): void {
    if (this.onError !== undefined) this.#device.lua.pcallx(this.onError, [code, message]);
  }
}

export const enduser_setup = defineModule({ name: 'enduser_setup' }, (device) => {
  const host = new Host(device);
  const setup = new EnduserSetup(protoEnvOf(device), host);

  // Lua: enduser_setup.start([ssid,] [onConnected], [onError], [onDebug]); a build without debugging never calls the last.
  const start = (call: LuaCall): undefined => {
    const named = host.takesForms && call.isString(1);
    const n = named ? 2 : 1;
    const callback = (at: number): LuaRef | undefined => (call.isNoneOrNil(at) ? undefined : call.ref(at));
    if (!setup.running) {
      host.onConnected = callback(n);
      host.onError = callback(n + 1);
    }
    setup.start(named ? call.toText(1) : undefined);
  };

  return {
    functions: {
      manual: raw((call) => {
        if (!call.isNoneOrNil(1)) setup.manual = call.toBoolean(1);
        return setup.manual;
      }),
      start: approximated(
        'a page of its own with the same fields; its first scan waits while the station is joining',
        raw(start),
      ),
      stop: fn([], () => setup.stop()),
    },
  };
});
