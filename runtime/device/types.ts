/** What a device tells its surroundings and keeps for its boots. */
import type { Micros } from '../core/index.ts';
import type { Ipv4Address } from '../wire/index.ts';

/** The addresses of an interface. */
export interface StaticIp {
  readonly addr: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address;
}

/** Facts about a device for whoever watches; listeners must not call back into the device synchronously. */
export interface DeviceEvents {
  /** Bytes leave a UART (0 or 1) at that device time. */
  uart: [port: number, bytes: Uint8Array, at: Micros];
  /** The driven level of a pin (NodeMCU numbering) changed. */
  pin: [pin: number, level: number, at: Micros];
  /** A pin is driven with pulses of that frequency in Hz and duty 0 … 1; frequency 0 = no longer. */
  pulses: [pin: number, frequency: number, duty: number, at: Micros];
  /** Colour bytes leave for addressable LEDs; lines as `PixelTarget` of the hardware names them. */
  pixels: [line: string, bytes: Uint8Array, at: Micros];
  /** The program asked for a restart; the reset follows. */
  restart: [at: Micros];
  /** Deep sleep began; 0 us = until an external reset. */
  sleep: [durationUs: number, option: number, at: Micros];
  /** The device boots; the two values of node.bootreason(). */
  reset: [raw: number, reason: number, at: Micros];
  /** An unprotected error, the watchdog or a memory fault ended the program, or a loop that never will; its text, if any. */
  crash: [reason: 'panic' | 'watchdog' | 'exception' | 'endless', message: string, at: Micros];
  /** A script failed: a syntax or run-time error at the console or in init.lua, or in a callback where no handler of the script's own took it. */
  scriptError: [message: string, at: Micros];
  /** The keys of a TLS session were made: the client's random and the master secret, for a key log. */
  tlsSecret: [clientRandom: Uint8Array, master: Uint8Array];
  /** A note for learners: the script stepped into a known trap; begins with `chunk:line: ` where a line is to blame. */
  explain: [note: string, at: Micros];
}

/** What may still wake the program. */
export interface WakeSources {
  /** Comes to an end by itself: single-shot timers, tasks, pending connects and lookups, open connections. */
  readonly finite: readonly string[];
  /** Repeating timers, listeners, bound UDP ports. */
  readonly endless: readonly string[];
}

/** Kept in flash: node.startup, and the sectors of tls.cert. */
export interface StartupSettings {
  /** Replaces `@init.lua`. */
  command: string | undefined;
  banner: boolean;
  frequency: 80 | 160;
  delayMount: boolean;
  /** Trusted certificates, and own ones with their key, as the sectors hold them (Latin-1); undefined = erased. */
  verifyPage?: string;
  authPage?: string;
}
