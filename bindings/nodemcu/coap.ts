/** `coap`: a server for globals and functions, and requests without answers. Firmware: app/modules/coap.c; engines: runtime/proto. */
import { concat, EMPTY, fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import type { Device } from '../../runtime/device/index.ts';
import {
  type CoapClient,
  CoapClients,
  type CoapProgram,
  CoapResources,
  CoapServer,
  EspconnUdpLayer,
  MAX_COAP_PAYLOAD,
  parseCoapUri,
} from '../../runtime/proto/index.ts';
import { LuaAbort, type LuaCall, type LuaHost, type LuaOutput, NIL } from '../../runtime/vm/index.ts';
import { COAP_CODE } from '../../runtime/wire/index.ts';
import { arg, cString } from './arg.ts';
import { approximated, classSpec, defineModule, fn, luaClass, raw } from './lua.ts';
import { Pin } from './net-object.ts';
import { protoEnvOf } from './proto-env.ts';

/** Longest host name with its terminator. */
const MAX_HOST = 64;
const MESSAGE_TYPES = ['CON', 'NON'] as const;

/** The userdata behind `coap.Server()`. */
class ServerObject {
  readonly server: CoapServer;
  readonly pin = new Pin();

  constructor(server: CoapServer) {
    this.server = server;
  }
}

const SERVER = luaClass<ServerObject>('coap_server');
const CLIENT = luaClass<CoapClient>('coap_client');

/** The globals of the Lua state, as the server offers them. */
class Globals implements CoapProgram {
  readonly #device: Device;
  readonly chipId: number;

  constructor(device: Device) {
    this.#device = device;
    this.chipId = device.profile.mac % 2 ** 24;
  }

  variable(name: string): string | undefined {
    const text = this.#text(this.#lua.getGlobal(name));
    return text === undefined ? undefined : cString(text);
  }

  call(name: string, payload: Uint8Array): Uint8Array | undefined {
    const target = this.#lua.getGlobal(name);
    if (typeof target !== 'object' || target.type !== 'function') return undefined;
    const [result] = this.#lua.call(target, [payload], 1);
    if (result === undefined) return EMPTY;
    const text = this.#text(result);
    // The original calls the function again and again.
    if (text === undefined) return this.hang();
    if (text.length > MAX_COAP_PAYLOAD) throw new LuaAbort('panic', 'return string:<MAX_PAYLOAD_SIZE');
    return fromLatin1(text);
  }

  /** Results and errors are printed, as far as `print` can. */
  run(code: Uint8Array): void {
    const lua = this.#lua;
    const source = toLatin1(code);
    const loaded = lua.load(concat(code, fromLatin1('\n')), source);
    if (!loaded.ok) {
      this.#print([loaded.message]);
      return;
    }
    const run = lua.docall(loaded.chunk);
    loaded.chunk.release();
    if (run.ok) this.#print(run.results);
    else this.#print([run.failure.message.split('\nstack traceback:', 1)[0]]);
  }

  hang(): never {
    throw new LuaAbort('watchdog', 'endless loop in the CoAP server');
  }

  get #lua(): LuaHost {
    return this.#device.lua;
  }

  #print(values: readonly LuaOutput[]): void {
    const print = this.#lua.getGlobal('print');
    if (values.length === 0 || typeof print !== 'object') return;
    this.#lua.docall(
      print,
      values.map((value) => value ?? NIL),
    );
  }

  /** lua_tostring for strings and numbers. */
  #text(value: LuaOutput): string | undefined {
    if (typeof value === 'string') return value;
    if (typeof value !== 'number') return undefined;
    const toText = this.#lua.ref((call: LuaCall) => call.toText(1));
    const [text] = this.#lua.call(toText, [value], 1);
    toText.release();
    return typeof text === 'string' ? text : undefined;
  }
}

export const coap = defineModule({ name: 'coap' }, (device) => {
  const env = protoEnvOf(device);
  const layer = new EspconnUdpLayer(env.stack);
  const clients = new CoapClients(env, layer);
  const resources = new CoapResources(new Globals(device));

  // Lua: server:listen(port, [ip]); the address is read and not used.
  const listen = (call: LuaCall): undefined => {
    const { server, pin } = call.checkHost(1, SERVER);
    const port = call.checkInteger(2);
    if (!pin.isSet) pin.set(call.ref(1));
    server.listen(port);
  };

  const close = ({ server, pin }: ServerObject): undefined => {
    server.close();
    pin.release();
  };

  // Both take any first argument: the names belong to the module, not to the server.
  const entry = (add: (name: string, contentFormat: number) => void) =>
    raw((call) => add(cString(call.checkText(2)), call.optInteger(3, 0)));

  return {
    functions: {
      Server: fn([], (call) => call.newHost(SERVER, new ServerObject(new CoapServer(layer, resources)))),
      Client: fn([], (call) => call.newHost(CLIENT, clients.client())),
    },
    constants: { CON: 0, NON: 1, TEXT_PLAIN: 0, LINKFORMAT: 40, XML: 41, OCTET_STREAM: 42, EXI: 47, JSON: 50 },
    classes: [
      classSpec(SERVER, {
        listen: raw(listen),
        close: fn([arg.self(SERVER)], close),
        var: entry((name, format) => resources.addVariable(name, format)),
        func: approximated(
          'a function that returns neither text nor nil is called once, then the watchdog bites',
          entry((name, format) => resources.addFunction(name, format)),
        ),
        __gc: fn([arg.self(SERVER)], close),
      }),
      classSpec(CLIENT, {
        get: raw((call) => request(call, COAP_CODE.GET)),
        post: raw((call) => request(call, COAP_CODE.POST)),
        put: raw((call) => request(call, COAP_CODE.PUT)),
        delete: raw((call) => request(call, COAP_CODE.DELETE)),
        __gc: fn([arg.self(CLIENT)], (client) => client.free()),
      }),
    ],
  };
});

/** Lua: client:get([coap.CON | coap.NON,] uri, [payload]) */
function request(call: LuaCall, code: number): undefined {
  const client = call.checkHost(1, CLIENT);
  const given = call.isNumber(2);
  const type = given ? MESSAGE_TYPES[call.toInteger(2)] : 'CON';
  if (type === undefined) call.error('wrong arg type');
  const n = given ? 3 : 2;
  const uri = parseCoapUri(call.checkText(n)) ?? call.error('uri wrong format.');
  if (uri.host.length + 1 > MAX_HOST) call.error('host too long');
  client.request(type, code, uri, call.isString(n + 1) ? call.checkBytes(n + 1) : EMPTY);
}
