/** `tls.cert`: whom TLS connections trust, and what they show of themselves. Firmware: app/modules/tls.c tls_cert_verify, tls_cert_auth. */
import { err, fromBase64, fromLatin1, ok, type Result, toLatin1 } from '../../runtime/core/index.ts';
import type { Device } from '../../runtime/device/index.ts';
import { PAGE_BYTES, type SecureSettings, type Supplied, type Supplier } from '../../runtime/proto/index.ts';
import type { LuaCall, LuaHost, LuaRef } from '../../runtime/vm/index.ts';
import { Callback } from './net-object.ts';

/** What differs between the two functions. */
export interface CertificateStore {
  readonly name: 'verify' | 'auth';
  /** What the PEM blocks must be, and their names in flash. */
  readonly blocks: readonly (readonly [type: string, name: string])[];
}

export const VERIFY: CertificateStore = { name: 'verify', blocks: [['CERTIFICATE', 'certificate']] };
export const AUTH: CertificateStore = {
  name: 'auth',
  blocks: [
    ['CERTIFICATE', 'certificate'],
    ['RSA PRIVATE KEY', 'private_key'],
  ],
};

const NAME_BYTES = 32;
const HEAD_BYTES = NAME_BYTES + 2;

/** The settings of a boot, and the functions that a script has given for them. */
export class Certificates {
  readonly settings: SecureSettings;
  readonly #device: Device;
  readonly #functions = { verify: new Callback(), auth: new Callback() };

  constructor(device: Device, settings: SecureSettings) {
    this.#device = device;
    this.settings = settings;
  }

  /** Lua: tls.cert.verify(function | PEM | boolean | nil), tls.cert.auth(function | PEM, PEM | boolean | nil) */
  set(call: LuaCall, store: CertificateStore): boolean {
    const { name } = store;
    const { settings } = this;
    const page = `${name}Page` as const;
    const { startup } = this.#device;
    this.#functions[name].set(undefined);
    settings[name] = undefined;
    // Since 2020; before that a function is as good as true.
    const current = this.#device.profile.firmware === '3.0';
    if (current && call.type(1) === 'function') {
      const ref = call.ref(1);
      this.#functions[name].set(ref);
      settings[name] = supplier(call.lua, ref);
      return true;
    }
    if (current && call.type(1) !== 'nil') this.#device.deprecated(`tls.cert.${name}'s old interface`, 'soon');
    if (call.type(1) === 'string') {
      const written = writePage(call, store);
      if (!written.ok) call.error(written.error);
      else startup[page] = written.value;
    } else if (!call.toBoolean(1)) {
      settings[page] = undefined;
      return true;
    }
    settings[page] = startup[page] ?? call.error('no certificates found');
    return true;
  }
}

/** nodemcu_tls_cert_get: called in protected mode; an error or what is no text ends the connection. */
const supplier =
  (lua: LuaHost, ref: LuaRef): Supplier =>
  (n): Supplied => {
    const answer = lua.docall(ref, [n]);
    const [value] = answer.ok ? answer.results : [];
    if (answer.ok && (value === undefined || value === false)) return 'end';
    return typeof value === 'string' || typeof value === 'number' ? { data: String(value) } : 'failed';
  };

/** fill_page_with_pem: the sector's content as Latin-1 text, or the firmware's sentence. */
function writePage(call: LuaCall, { blocks }: CertificateStore): Result<string, string> {
  const page = new Uint8Array(PAGE_BYTES).fill(0xff);
  let at = 0;
  for (const [i, [type, name]] of blocks.entries()) {
    if (i >= call.count) break;
    const block = readBlock(call.isString(i + 1) ? call.toText(i + 1) : undefined, type, PAGE_BYTES - at - HEAD_BYTES);
    if (!block.ok) return block;
    page.fill(0, at, at + NAME_BYTES);
    page.set(fromLatin1(name), at);
    page.set([block.value.length & 0xff, block.value.length >> 8], at + NAME_BYTES);
    page.set(block.value, at + HEAD_BYTES);
    at += HEAD_BYTES + block.value.length;
  }
  return ok(toLatin1(page));
}

/** append_pem_blob: one block of base64, with room for less than `room` bytes. */
function readBlock(given: string | undefined, type: string, room: number): Result<Uint8Array, string> {
  if (given === undefined) return err('No PEM blob');
  const text = given.split('\0', 1)[0] as string;
  const begin = text.indexOf('-----BEGIN ');
  if (begin < 0) return err('No PEM header');
  const head = text.slice(begin + 11);
  if (!head.startsWith(type)) return err('Wrong PEM type');
  const line = head.indexOf('\n');
  if (line < 0) return err('Incorrect PEM format');
  const [body = ''] = head.slice(line).split('-', 1);
  const digits = body.replace(/[\s=]/g, '');
  if (!/^[A-Za-z0-9+/]*$/.test(digits)) return err('Invalid character in PEM');
  const tail = head.slice(line + body.length);
  // Bits left over are an error unless a final = has thrown them away.
  const whole = digits.length % 4 === 0 || body.trimEnd().endsWith('=');
  const bytes = fromBase64(digits.padEnd(Math.ceil(digits.length / 4) * 4, '='));
  if (
    !tail.startsWith('-----END ') ||
    !tail.slice(9).startsWith(type) ||
    !whole ||
    bytes === undefined ||
    bytes.length >= room
  )
    return err('Invalid PEM format data');
  return ok(bytes);
}
