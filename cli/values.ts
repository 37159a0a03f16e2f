/** The values of options: durations, percentages, texts to wait for, access points, files. Each returns what is wrong as one sentence. */

import { LUA_BUILDS, type LuaBuild } from '../runtime/index.ts';

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (message: string): { readonly ok: false; readonly message: string } => ({ ok: false, message });

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, '': 1e3 };

/** `250ms`, `5s`, `1.5m`, `24h`; a bare number is milliseconds. Microseconds come back. */
export function duration(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|)$/.exec(text);
  const micros = match === null ? Number.NaN : Math.round(Number(match[1]) * (UNIT_US[match[2] as string] as number));
  if (Number.isSafeInteger(micros)) return good(micros);
  return bad(`'${text}' is not a duration; write 250ms, 5s, 10m or 24h (a bare number is milliseconds)`);
}

/** `5%` or `0.5%`, as a probability 0 … 1. */
export function percent(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const value = match === null ? Number.NaN : Number(match[1]) / 100;
  return value <= 1 ? good(value) : bad(`'${text}' is not a percentage; write 5% (0% to 100%)`);
}

export function integer(text: string, min: number, max: number): Parsed<number> {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? good(value) : bad(`'${text}' is not a whole number from ${min} to ${max}`);
}

/** Virtual seconds per second of the wall clock; Infinity is `max`. */
export function pace(text: string): Parsed<number> {
  if (text === 'max') return good(Number.POSITIVE_INFINITY);
  if (text === 'real') return good(1);
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  return value > 0 ? good(value) : bad(`'${text}' is not a pace; write max, real or a number such as 10`);
}

/** What the console is watched for: plain text, or a regular expression between slashes. */
export interface Watch {
  /** As the user wrote it. */
  readonly text: string;
  readonly matches: (output: string) => boolean;
}

export function watch(text: string): Parsed<Watch> {
  if (text === '') return bad('the text to look for is empty');
  const pattern = /^\/(.+)\/([imsu]*)$/s.exec(text);
  if (pattern === null) return good({ text, matches: (output) => output.includes(text) });
  try {
    const regex = new RegExp(pattern[1] as string, pattern[2]);
    return good({ text, matches: (output) => regex.test(output) });
  } catch (error) {
    return bad(`${text} is not a regular expression: ${(error as Error).message}`);
  }
}

export interface ApSpec {
  readonly ssid: string;
  readonly password?: string;
  readonly channel?: number;
  /** `aa:bb:cc:dd:ee:ff`. */
  readonly bssid?: string;
}

/** A pass phrase of WPA, or its key as 64 hexadecimal digits. */
export const WIFI_PASSWORD = /^([\x20-\x7e]{8,63}|[0-9a-f]{64})$/i;
/** The group bit must be clear: it is the address of one station. */
export const STATION_MAC = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i;

/** `SSID[,password=…][,channel=…][,bssid=…]`. */
export function accessPoint(text: string): Parsed<ApSpec> {
  const [ssid, ...attributes] = text.split(',') as [string, ...string[]];
  if (ssid === '') return bad('the SSID is missing; write SSID[,password=…][,channel=…][,bssid=…]');
  if (Buffer.byteLength(ssid) > 32) return bad(`the SSID '${ssid}' is longer than 32 bytes`);
  const spec: { ssid: string; password?: string; channel?: number; bssid?: string } = { ssid };
  for (const attribute of attributes) {
    const [name, value] = splitAt(attribute, attribute.indexOf('='));
    if (name === 'password') {
      if (!WIFI_PASSWORD.test(value))
        return bad(`the password of '${ssid}' must have 8 to 63 ASCII characters; leave it out for an open network`);
      spec.password = value;
    } else if (name === 'channel') {
      const channel = integer(value, 1, 13);
      if (!channel.ok) return bad(`channel ${channel.message}`);
      spec.channel = channel.value;
    } else if (name === 'bssid') {
      if (!STATION_MAC.test(value))
        return bad(`bssid '${value}' is not the address of one station, such as 02:00:00:00:00:01`);
      spec.bssid = value.toLowerCase();
    } else {
      return bad(`'${attribute}' is not known; the attributes are password=, channel= and bssid=`);
    }
  }
  return good(spec);
}

/** `5.1`, `5.3` or `5.3-64`. */
export function luaBuild(text: string): Parsed<LuaBuild> {
  const known = LUA_BUILDS.find((build) => build === text);
  return known === undefined ? bad(`'${text}' is not a language build; write 5.1, 5.3 or 5.3-64`) : good(known);
}

export interface FileSpec {
  /** Path on the host computer. */
  readonly host: string;
  /** Name on the device's flash. */
  readonly name: string;
}

/** SPIFFS object names: 31 characters and a closing NUL (spec of `file`, section 5). */
export const LONGEST_NAME = 31;

/** `HOST[:NAME]`; NAME defaults to the last part of the path. */
export function file(text: string): Parsed<FileSpec> {
  // A colon in second place belongs to a drive letter (C:\x.lua).
  const colon = text.lastIndexOf(':');
  const [host, given] = colon > 1 ? splitAt(text, colon) : [text, ''];
  const name = given === '' ? (host.split(/[\\/]/).pop() ?? '') : given;
  if (host === '' || name === '') return bad(`'${text}' names no file; write HOST or HOST:NAME`);
  return flashName(name).ok ? good({ host, name }) : (flashName(name) as { ok: false; message: string });
}

/** A name as the flash keeps it: its bytes of UTF-8, as Latin-1 text. */
export const onFlash = (name: string): string => Buffer.from(name).toString('latin1');

export function flashName(name: string): Parsed<string> {
  if (Buffer.byteLength(name) <= LONGEST_NAME) return good(name);
  return bad(`'${name}' is too long for the flash: at most ${LONGEST_NAME} characters`);
}

function splitAt(text: string, at: number): [string, string] {
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
