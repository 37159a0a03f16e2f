/** `crypto`: digests, HMAC, AES and masking; results are raw bytes. Firmware: app/modules/crypto.c */
import { EMPTY, hex, toBase64 } from '../../runtime/core/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { aes, aesMode } from './aes.ts';
import { arg } from './arg.ts';
import { Digest } from './digest.ts';
import { approximated, classSpec, defineModule, fn, type LuaResult, luaClass, raw, until } from './lua.ts';

const HASH = luaClass<Digest>('crypto.hash');

/** The algorithm at argument 1; the firmware looks it up before it checks the other arguments. */
function digest(call: LuaCall, key?: Uint8Array): Digest {
  return Digest.create(call.checkText(1), key) ?? call.error('unknown hash mech');
}

function crypt(call: LuaCall, encrypt: boolean): LuaResult {
  const name = call.checkText(1);
  const mode = aesMode(name) ?? call.error(`unknown cipher: ${name}`);
  const key = call.checkBytes(2);
  const data = call.checkBytes(3);
  const iv = call.isNoneOrNil(4) ? EMPTY : call.checkBytes(4);
  return aes(mode, encrypt, key, data, iv) ?? call.error('crypto op failed');
}

export const crypto = defineModule({ name: 'crypto' }, (device) => ({
  functions: {
    sha1: fn([arg.bytes], (data) => Digest.create('SHA1')?.update(data).finalize()),
    mask: fn([arg.bytes, arg.bytes], (data, mask, call) => {
      if (mask.length === 0) call.error('invalid argument: mask');
      return data.map((byte, i) => byte ^ (mask[i % mask.length] ?? 0));
    }),
    hash: raw((call) => digest(call).update(call.checkBytes(2)).finalize()),
    fhash: raw((call) => {
      const running = digest(call);
      const content = device.flash.read(call.checkText(2));
      return running.update(content ?? call.error('file does not exist')).finalize();
    }),
    new_hash: raw((call) => call.newHost(HASH, digest(call))),
    hmac: raw((call) => {
      digest(call);
      const data = call.checkBytes(2);
      return digest(call, call.checkBytes(3)).update(data).finalize();
    }),
    new_hmac: raw((call) => {
      digest(call);
      return call.newHost(HASH, digest(call, call.checkBytes(2)));
    }),
    // The encoder module has them too.
    toBase64: until(
      '2.2',
      2020,
      fn([arg.bytes], (data) => toBase64(data)),
    ),
    toHex: until(
      '2.2',
      2020,
      fn([arg.bytes], (data) => hex(data)),
    ),
    encrypt: raw((call) => crypt(call, true)),
    decrypt: raw((call) => crypt(call, false)),
  },
  classes: [
    classSpec(HASH, {
      update: fn([arg.self(HASH), arg.bytes], (running, data) => {
        running.update(data);
      }),
      finalize: approximated(
        "once it was called, the object goes on; the firmware's is wiped by then",
        fn([arg.self(HASH)], (running) => running.finalize()),
      ),
    }),
  ],
}));
