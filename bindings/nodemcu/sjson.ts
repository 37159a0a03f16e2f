import { LIGHT_NULL, type LuaCall } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { approximated, classSpec, defineModule, fn, type LuaResult, luaClass, raw, until } from './lua.ts';
import { JsonDecoder } from './sjson-decoder.ts';
import { JsonEncoder } from './sjson-encoder.ts';

const DECODER = luaClass<JsonDecoder>('sjson.decoder');
const ENCODER = luaClass<JsonEncoder>('sjson.encoder');
const READ_DEFAULT = 1024;
const ENCODE_MAX = 1_000_000;

function encode(call: LuaCall): LuaResult {
  const encoder = new JsonEncoder(call);
  const text = encoder.read(call, ENCODE_MAX);
  encoder.free();
  return text;
}

function decode(call: LuaCall): LuaResult {
  const decoder = new JsonDecoder(call, 2);
  // With no argument C finds its own decoder in the first place.
  if (call.count === 0) call.argError(1, 'string expected, got userdata');
  decoder.feed(call, call.checkText(1));
  if (!decoder.complete) call.error('Incomplete JSON object passed to sjson.decode');
  return decoder.build(call.lua);
}

function write(call: LuaCall): LuaResult {
  const decoder = call.checkHost(1, DECODER);
  decoder.feed(call, call.checkText(2));
  return decoder.complete ? decoder.result(call) : undefined;
}

export const sjson = defineModule({ name: 'sjson', lifetime: { since: '2.2' } }, () => ({
  constants: { NULL: until('2.2', 2020, LIGHT_NULL) },
  functions: {
    encode: raw(encode),
    decode: raw(decode),
    encoder: raw((call) => call.newHost(ENCODER, new JsonEncoder(call))),
    decoder: approximated(
      'checkpath is called when the document is complete',
      raw((call) => call.newHost(DECODER, new JsonDecoder(call, 1))),
    ),
  },
  classes: [
    classSpec(ENCODER, {
      read: raw((call) => {
        const encoder = call.checkHost(1, ENCODER);
        return encoder.read(call, call.type(2) === 'number' ? Math.max(1, call.toInteger(2)) : READ_DEFAULT);
      }),
      __gc: fn([arg.self(ENCODER)], (encoder) => encoder.free()),
    }),
    classSpec(DECODER, {
      write: raw(write),
      result: fn([arg.self(DECODER)], (decoder, call) => decoder.result(call)),
      __gc: fn([arg.self(DECODER)], (decoder) => decoder.free()),
    }),
  ],
}));
