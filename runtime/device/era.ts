/**
 * The firmware releases that a device can be, and every difference in behaviour between them as one named switch.
 * What exists when is not here: modules say that in their own tables (Lifetime).
 * Sources: the releases' tags 1.5.4.1-master_20161201, 2.2.1-master_20181207 and 3.0.0-release_20240225.
 */

/** Oldest first. */
export const FIRMWARES = ['1.5', '2.2', '3.0'] as const;
export type Firmware = (typeof FIRMWARES)[number];

/** When a name exists. Without a member there is no limit on that side. */
export interface Lifetime {
  /** The first of the three releases that has it. */
  readonly since?: Firmware;
  /** The last of the three releases that has it. */
  readonly until?: Firmware;
  /** The year in which it left the firmware. */
  readonly left?: number;
}

export function existsIn({ since, until }: Lifetime, firmware: Firmware): boolean {
  const at = FIRMWARES.indexOf(firmware);
  const first = since === undefined ? 0 : FIRMWARES.indexOf(since);
  const last = until === undefined ? FIRMWARES.length - 1 : FIRMWARES.indexOf(until);
  return at >= first && at <= last;
}

export interface Era {
  readonly firmware: Firmware;
  /** An uncaught error of any callback is a panic (up to June 2020); later most are reported and the device restarts. */
  readonly callbackErrorsPanic: boolean;
  /**
   * The console of lua.c before pipes: UART and node.input share one line buffer, a line runs in the task that ends it,
   * and errors go straight to the UART, those of init.lua after `lua: `.
   */
  readonly lineConsole: boolean;
  /** node.output calls its function with each printed piece, at once; later the function gets a pipe. */
  readonly outputIsString: boolean;
  /** Built-in tables and functions are of types of their own, `romtable` and `lightfunction`. */
  readonly romTypes: boolean;
  /** What follows `cannot open NAME`. */
  readonly cannotOpenTail: '' | ': ';
  /** Version, branch, modules on lines of their own; earlier one line. */
  readonly longBanner: boolean;
  /**
   * tmr since January 2019: objects only, start(true) restarts, stop() marks even an unregistered timer as stopped.
   * Before, its functions took an object or one of seven ids.
   */
  readonly tmrRewritten: boolean;
  /** tmr's sentence for a period out of range. */
  readonly timerRange: string;
  /** tmr.softwd: counts down while above 0 and restarts at 0, so that 0 disarms; later 0 restarts at the next tick. */
  readonly softwdZeroDisarms: boolean;
  /** What net.createServer and net.createConnection do with their type argument. */
  readonly netTypes: 'espconn' | 'checked' | 'ignored';
  /**
   * mqtt's connect takes a fourth number, and 1 connects again silently, from the first attempt on or once it has been
   * connected; sessions are clean unless asked otherwise, and few events have names.
   */
  readonly mqttReconnects: 'at once' | 'once connected' | 'never';
  /** Values that the function of gpio.trig gets. */
  readonly trigArguments: 1 | 3;
  /** wifi.sta.config also takes ("ssid", "pwd", auto, bssid), and its table is not saved unless it says so. */
  readonly positionalStationConfig: boolean;
  /** wifi.sta since 2017: config, connect and disconnect take callbacks, sethostname answers, getconfig tells bssid_set. */
  readonly stationOf2017: boolean;
  /** The highest number for wifi.eventmon.register (SDK EVENT_MAX). */
  readonly wifiEventMax: number;
  /** node of 2020: info by group, LFS as a table of its own; the older ways print a note. dsleep no longer checks its option. */
  readonly nodeOf2020: boolean;
  /** At the end of a file read and readline return nil; before, nothing. */
  readonly fileEndIsNil: boolean;
  /** Bytes that file.readline looks for a line's end in. */
  readonly fileLineMax: number;
  /** file.read of 0 bytes or less reads a chunk; later an empty string. */
  readonly fileReadsAtLeast1: boolean;
  /** file.list takes a pattern. */
  readonly fileListPattern: boolean;
  /** rtctime.get returns the rate as a third value. */
  readonly rtcRate: boolean;
  /** SCL may be on D0. */
  readonly i2cSclOnD0: boolean;
  /** bme280.setup says that its module will go. */
  readonly bme280Deprecated: boolean;
  /** enduser_setup takes POST and a name of one's choice, and is called NodeMCU_… instead of SetupGadget_…. */
  readonly setupTakesForms: boolean;
  /** uart.on('data', 0, …) gets what has arrived, in one piece; later byte by byte. */
  readonly uartZeroMeansAll: boolean;
}

const V15: Era = {
  firmware: '1.5',
  callbackErrorsPanic: true,
  lineConsole: true,
  outputIsString: true,
  romTypes: true,
  cannotOpenTail: '',
  longBanner: false,
  tmrRewritten: false,
  timerRange: 'Range: 1-6870947',
  softwdZeroDisarms: true,
  netTypes: 'espconn',
  mqttReconnects: 'at once',
  trigArguments: 1,
  positionalStationConfig: true,
  stationOf2017: false,
  wifiEventMax: 8,
  nodeOf2020: false,
  fileEndIsNil: false,
  fileLineMax: 256,
  fileReadsAtLeast1: true,
  fileListPattern: false,
  rtcRate: false,
  i2cSclOnD0: false,
  bme280Deprecated: false,
  setupTakesForms: false,
  uartZeroMeansAll: true,
};

const V22: Era = {
  ...V15,
  firmware: '2.2',
  netTypes: 'checked',
  mqttReconnects: 'once connected',
  trigArguments: 3,
  positionalStationConfig: false,
  stationOf2017: true,
  wifiEventMax: 10,
  fileEndIsNil: true,
  fileLineMax: 1024,
  fileListPattern: true,
  rtcRate: true,
};

const V30: Era = {
  ...V22,
  firmware: '3.0',
  callbackErrorsPanic: false,
  lineConsole: false,
  outputIsString: false,
  romTypes: false,
  cannotOpenTail: ': ',
  longBanner: true,
  tmrRewritten: true,
  timerRange: 'Range: 1-0x68D7A3',
  softwdZeroDisarms: false,
  netTypes: 'ignored',
  mqttReconnects: 'never',
  nodeOf2020: true,
  fileReadsAtLeast1: false,
  i2cSclOnD0: true,
  bme280Deprecated: true,
  setupTakesForms: true,
  uartZeroMeansAll: false,
};

export const ERAS: Readonly<Record<Firmware, Era>> = { '1.5': V15, '2.2': V22, '3.0': V30 };
