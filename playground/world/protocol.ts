/** What the page and the worker say to each other: plain data, posted as messages. Times are virtual microseconds. */

/** One file of a flash. */
export interface FlatFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface DeviceSpec {
  readonly name: string;
  readonly files: readonly FlatFile[];
  /** File that is run by `dofile` after boot; without it only init.lua starts. */
  readonly script?: string;
  /** Lines typed at the console once it has nothing else to do. */
  readonly lines?: readonly string[];
  /** Parts wired to it, in the words of `--attach`. */
  readonly parts: readonly string[];
}

/** Trouble on the air, and at the services of the network. */
export interface AirSpec {
  /** Share of frames that get lost, 0 … 1. */
  readonly loss: number;
  /** Every frame takes so much longer. */
  readonly delayUs: number;
  /** Signal of the access point at the stations in dBm. */
  readonly rssi: number;
  readonly apUp: boolean;
  readonly dnsSilent: boolean;
}

export const CALM: AirSpec = { loss: 0, delayUs: 0, rssi: -55, apUp: true, dnsSilent: false };

/** An access point in range. */
export interface ApSpec {
  readonly ssid: string;
  readonly password?: string;
  readonly channel?: number;
}

export interface WorldSpec {
  readonly seed: number;
  /** Empty: one that answers to any name and password. */
  readonly accessPoints: readonly ApSpec[];
  readonly lua: '5.1' | '5.3' | '5.3-64';
  readonly firmware: '1.5' | '2.2' | '3.0';
  readonly devices: readonly DeviceSpec[];
  readonly air: AirSpec;
  /** The world stands still from then on, until it is told to go on. */
  readonly untilUs?: number;
}

export interface WebRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: Uint8Array;
}

export interface WebReply {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** A syntax error in a source; lines count from 1. */
export interface Problem {
  readonly line: number;
  readonly message: string;
}

/** A name that scripts may use, from the tables of the bindings. */
export interface ApiEntry {
  /** `wifi.sta.config`, `tmr.ALARM_AUTO`, `net.socket:send` */
  readonly name: string;
  readonly kind: 'module' | 'function' | 'constant';
  readonly support?: 'as the firmware' | 'approximated' | 'not built';
  readonly how?: string;
  readonly value?: string;
}

/** What ties the world to the computer that the page comes from. */
export interface BridgeFacts {
  readonly state: 'open' | 'gone';
  /** Whether scripts reach the outside: nothing of it, what the user has named, or the Internet. */
  readonly gateway: 'none' | 'restricted' | 'open';
  /** Ports of this computer that lead to a device. */
  readonly forwards: readonly {
    readonly protocol: string;
    readonly host: string;
    readonly port: number;
    /** `the device`, a name or an address. */
    readonly guest: string;
    readonly guestPort: number;
  }[];
  /** Places where others join the LAN. */
  readonly ports: number;
}

export type ToWorld =
  /** Worlds that are started from now on are tied to this computer, through the WebSocket there. */
  | { readonly is: 'bridge'; readonly url: string }
  /** A new world takes the place of the old one. */
  | { readonly is: 'start'; readonly spec: WorldSpec; readonly paused: boolean }
  /** Virtual seconds per real second; `Infinity` as fast as it goes. */
  | { readonly is: 'speed'; readonly rate: number }
  | { readonly is: 'pause'; readonly paused: boolean }
  | { readonly is: 'step'; readonly us: number }
  | { readonly is: 'type'; readonly device: number; readonly bytes: Uint8Array }
  | { readonly is: 'reset'; readonly device: number }
  | { readonly is: 'pin'; readonly device: number; readonly pin: number; readonly level: 0 | 1 }
  | { readonly is: 'put'; readonly device: number; readonly file: FlatFile }
  | { readonly is: 'air'; readonly air: AirSpec }
  | { readonly is: 'deauth' }
  | { readonly is: 'fetch'; readonly id: number; readonly request: WebRequest }
  | { readonly is: 'check'; readonly id: number; readonly name: string; readonly source: string }
  | { readonly is: 'capture'; readonly id: number }
  /** The last update is on the screen; the next may come. */
  | { readonly is: 'drawn' };

/** A frame as the page gets it; numbers count from 1 in the order of the capture. */
export interface FrameRecord {
  readonly n: number;
  readonly at: number;
  /** Ethernet, without FCS. */
  readonly bytes: Uint8Array;
  /** Where the script stood that sent it, `init.lua:12`. */
  readonly line?: string;
  /** The device whose script that was. */
  readonly device?: string;
  /** What had woken the script: the number of a frame, or the name of a timer or another event. */
  readonly wokenBy?: number | string;
}

export interface PinView {
  readonly level: 0 | 1;
  readonly mode: 'in' | 'out' | 'int' | 'od';
  /** What the world applies. */
  readonly held: 0 | 1;
  /** Share of the time it is high, while it is driven with pulses. */
  readonly duty?: number;
}

export interface DeviceView {
  readonly name: string;
  /** No program runs: at boot, in deep sleep. */
  readonly off: boolean;
  readonly asleep: boolean;
  readonly ip: string | undefined;
  /** Its own addresses and what to call them. */
  readonly addresses: readonly (readonly [address: string, name: string])[];
  readonly freeHeap: number;
  readonly boots: number;
  readonly pins: readonly PinView[];
  /** What there is to see at its parts. */
  readonly parts: readonly { readonly kind: string; readonly look: string; readonly pixels?: Uint8Array }[];
  /** Bytes of UART0 since the last update, and how many before them did not fit. */
  readonly console: Uint8Array;
  readonly skipped: number;
  /** Files that changed on the flash by themselves. */
  readonly files: readonly FlatFile[] | undefined;
  readonly troubles: readonly Trouble[];
}

export interface Trouble {
  readonly kind: 'error' | 'panic' | 'watchdog' | 'exception' | 'endless' | 'note';
  readonly message: string;
  readonly at: number;
}

export interface Update {
  readonly is: 'update';
  readonly now: number;
  readonly paused: boolean;
  /** Virtual seconds per real second, as achieved. */
  readonly rate: number;
  readonly devices: readonly DeviceView[];
  readonly frames: readonly FrameRecord[];
  /** Frames since the start, also those that are not shown any more. */
  readonly frameCount: number;
  /** There is more to show already. */
  readonly more: boolean;
}

export type FromWorld =
  | { readonly is: 'ready'; readonly api: readonly ApiEntry[] }
  /** Addresses of the network's machines with their names. */
  | { readonly is: 'started'; readonly names: readonly (readonly [address: string, name: string])[] }
  | Update
  | { readonly is: 'fetched'; readonly id: number; readonly reply: WebReply | undefined; readonly why: string }
  | { readonly is: 'checked'; readonly id: number; readonly problem: Problem | undefined }
  | { readonly is: 'captured'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly is: 'bridge'; readonly facts: BridgeFacts }
  /** The bridge tells the user something; `bad`: that something is not as it should be. */
  | { readonly is: 'said'; readonly line: string; readonly bad: boolean }
  /** A bug of mcubox: the world has stopped. */
  | { readonly is: 'fault'; readonly message: string };
