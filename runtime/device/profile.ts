/** What distinguishes one device from another: addresses, build, chip and the prices of time. All texts of the build in one table. */
import { type Micros, ms } from '../core/index.ts';
import type { LuaBuild } from '../vm/index.ts';
import { type MacAddress, parseMac } from '../wire/index.ts';
import type { Firmware } from './era.ts';

/** A station configuration as the SDK keeps it in flash. */
export interface StationConfig {
  readonly ssid: string;
  /** Empty for an open network. */
  readonly password: string;
  readonly bssid?: MacAddress;
}

/** The build that the banner and node.info tell about. */
export interface Build {
  readonly versionMajor: number;
  readonly versionMinor: number;
  readonly revision: number;
  readonly branch: string;
  readonly commit: string;
  readonly release: string;
  readonly commitDts: string;
  readonly buildDate: string;
  readonly sdk: string;
}

export interface Profile {
  readonly mac: MacAddress;
  readonly apMac: MacAddress;
  readonly lua: LuaBuild;
  /** Whose modules and behaviour. */
  readonly firmware: Firmware;
  readonly build: Build;
  /** Whether the build has TLS (user_config.h CLIENT_SSL_ENABLE): off in the firmware's own default. */
  readonly ssl: boolean;
  /** Device time of one Lua instruction in microseconds; 0 = computing is free. */
  readonly instructionUs: number;
  /** From reset to the start of Lua. */
  readonly bootDelay: Micros;
  /** From the request of a restart to the reset. */
  readonly resetDelay: Micros;
  /** Whether the CPU waits when output is faster than the UART's speed. */
  readonly uartTimed: boolean;
  readonly flashId: number;
  readonly flashBytes: number;
  readonly spiffsAddress: number;
  readonly spiffsBytes: number;
  /** The partition for Lua modules; 0 = the build has none. */
  readonly lfsBytes: number;
  /** Bytes of heap that are free right after boot, before modules and scripts take theirs. */
  readonly heapBytes: number;
  /** What a blank chip's flash holds for Wi-Fi: undefined = nothing, so the device joins nothing by itself. */
  readonly station: StationConfig | undefined;
}

const RELEASE_3_0: Build = {
  versionMajor: 3,
  versionMinor: 0,
  revision: 0,
  branch: 'release',
  commit: '6d6375626f780000000000000000000000000000',
  release: '3.0.0-release_20240225 +0',
  commitDts: '202402251700',
  buildDate: '2024-02-25 17:00',
  sdk: '3.0.1-dev(fce080e)',
};

/** The build of each release; the old ones show only version, date and SDK. */
export const BUILDS: Readonly<Record<Firmware, Build>> = {
  '1.5': {
    ...RELEASE_3_0,
    versionMajor: 1,
    versionMinor: 5,
    revision: 4,
    branch: 'master',
    release: '1.5.4.1-master_20161201',
    commitDts: '201612010000',
    buildDate: '2016-12-01 00:00',
    sdk: '1.5.4.1(39cb9a32)',
  },
  '2.2': {
    ...RELEASE_3_0,
    versionMajor: 2,
    versionMinor: 2,
    revision: 1,
    branch: 'master',
    release: '2.2.1-master_20181207',
    commitDts: '201812070000',
    buildDate: '2018-12-07 00:00',
    sdk: '2.2.1(6ab97e9)',
  },
  '3.0': RELEASE_3_0,
};

export const DEFAULT_BUILD: Build = RELEASE_3_0;

/** The default profile but for what is given; the build is that of the release. */
export const profileOf = (given: Partial<Profile> = {}): Profile => ({
  ...DEFAULT_PROFILE,
  build: BUILDS[given.firmware ?? DEFAULT_PROFILE.firmware],
  ...given,
});

export const DEFAULT_PROFILE: Profile = {
  mac: parseMac('5c:cf:7f:12:34:56') as MacAddress,
  apMac: parseMac('5e:cf:7f:12:34:56') as MacAddress,
  lua: '5.1',
  firmware: '3.0',
  build: DEFAULT_BUILD,
  ssl: true,
  // An empty `for` turn takes about 2.5 us at 80 MHz (float build, code in cached flash): 400,000 instructions a second.
  instructionUs: 2.5,
  bootDelay: ms(166), // docs/modules/node.md, node.startupcounts, untuned
  resetDelay: ms(110), // SDK: system_restart disconnects and resets from a 110 ms timer
  uartTimed: true,
  flashId: 0x1640e0, // a 4 MiB Winbond-like chip: node.flashid() 1458400
  flashBytes: 0x400000,
  spiffsAddress: 0x100000,
  spiffsBytes: 0x2fc000, // up to the SDK's parameter sectors
  lfsBytes: 0, // user_config.h LUA_FLASH_STORE
  heapBytes: 45_000, // spec/modules.md 1.6
  station: { ssid: 'mcubox', password: '' },
};
