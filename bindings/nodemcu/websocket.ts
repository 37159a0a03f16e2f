/** `websocket`: a client. Firmware: app/modules/websocket.c; engine: runtime/proto/websocket-client.ts. */
import type { Device } from '../../runtime/device/index.ts';
import { type Header, type ProtoEnv, WebsocketClient, type WebsocketOwner } from '../../runtime/proto/index.ts';
import type { LuaCall, LuaHandle, LuaHost, LuaInput, LuaOutput, LuaRef } from '../../runtime/vm/index.ts';
import { arg, cString } from './arg.ts';
import { classSpec, defineModule, fn, luaClass, raw } from './lua.ts';
import { Pin } from './net-object.ts';
import { protoEnvOf } from './proto-env.ts';

const EVENTS = ['connection', 'receive', 'close'] as const;
const TEXT = 1;
/** What a handler gets when its client is collected. */
const COLLECTED = -100;

/** The userdata behind `websocket.createClient()`. */
class ClientObject implements WebsocketOwner {
  readonly client: WebsocketClient;
  /** Set from `connect` to the end. */
  readonly pin = new Pin();
  readonly #lua: LuaHost;
  readonly #callbacks = new Map<string, LuaRef>();

  constructor(device: Device, lua: LuaHost) {
    this.#lua = lua;
    this.client = new WebsocketClient(protoEnvOf(device), this);
  }

  setCallback(event: string, fn: LuaRef | undefined): void {
    this.#callbacks.get(event)?.release();
    this.#callbacks.delete(event);
    if (fn !== undefined) this.#callbacks.set(event, fn);
  }

  connected(): void {
    this.#call('connection', this.pin.value);
  }

  received(payload: Uint8Array, opcode: number): void {
    this.#call('receive', this.pin.value, payload, opcode);
  }

  closed(code: number): void {
    this.#call('close', this.pin.value, code);
    this.pin.release();
  }

  collect(): void {
    if (!this.client.over) this.#call('close', COLLECTED);
    for (const event of EVENTS) this.setCallback(event, undefined);
    this.client.abandon();
  }

  #call(event: string, ...args: LuaInput[]): void {
    const callback = this.#callbacks.get(event);
    if (callback !== undefined) this.#lua.pcallx(callback, args);
  }
}

const CLIENT = luaClass<ClientObject>('websocket.client');

export const websocket = defineModule({ name: 'websocket' }, (device) => ({
  functions: {
    createClient: fn([], (call) => call.newHost(CLIENT, new ClientObject(device, call.lua))),
  },
  classes: [
    classSpec(CLIENT, {
      on: raw(on),
      config: raw((call) => config(call, protoEnvOf(device))),
      connect: raw(connect),
      send: raw(send),
      close: fn([arg.self(CLIENT)], ({ client }) => client.close()),
      __gc: fn([arg.self(CLIENT)], (object) => object.collect()),
    }),
  ],
}));

/** Lua: client:on("connection" | "receive" | "close", function | nil) */
function on(call: LuaCall): undefined {
  const object = call.checkHost(1, CLIENT);
  const event = EVENTS[call.checkOption(2, undefined, EVENTS)] as string;
  const isFunction = call.type(3) === 'function';
  call.argCheck(isFunction || call.type(3) === 'nil', 3, 'function or nil');
  object.setCallback(event, isFunction ? call.ref(3) : undefined);
}

/** Lua: client:config{ headers = { name = value } }; an empty table brings the defaults back. */
function config(call: LuaCall, env: ProtoEnv): undefined {
  const { client } = call.checkHost(1, CLIENT);
  call.checkType(2, 'table');
  const headers = (call.handle(2) as LuaHandle).get('headers');
  if (typeof headers !== 'object' || headers.type !== 'table') return;
  client.headers = headers.pairs().flatMap(([name, value]): Header[] => {
    const texts = [asText(name), asText(value)];
    if (!texts.includes(undefined)) return [texts as [string, string]];
    env.crash('websocket: a header is no text');
    return [];
  });
}

const asText = (value: LuaOutput): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? cString(`${value}`) : undefined;

/** Lua: client:connect("ws[s]://host[:port][/path]") */
function connect(call: LuaCall): undefined {
  const { client, pin } = call.checkHost(1, CLIENT);
  if (!client.idle) call.error('Websocket already connecting or connected.\n');
  // Before the address is looked at: without one the object is pinned for good.
  pin.set(call.ref(1));
  client.connect(cString(call.checkText(2)));
}

/** Lua: client:send(message, [opcode]) */
function send(call: LuaCall): undefined {
  const { client } = call.checkHost(1, CLIENT);
  if (!client.connected) call.error("Websocket isn't connected.\n");
  const message = call.checkBytes(2);
  // With a fourth argument the third is not looked at.
  client.send(message, call.count === 3 ? call.checkInteger(3) : TEXT);
}
