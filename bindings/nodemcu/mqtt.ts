/** `mqtt`: a client for MQTT 3.1.1 brokers. Docs: docs/modules/mqtt.md · Firmware: modules/mqtt.c, app/mqtt. */

import type { Device, OsTimer } from '../../runtime/device/index.ts';
import { MQTT_FAIL, MqttClient, type MqttConfig, type MqttOwner, publishMessage } from '../../runtime/proto/index.ts';
import type { LuaCall, LuaHost, LuaInput } from '../../runtime/vm/index.ts';
import { MQTT_PORT } from '../../runtime/wire/index.ts';
import { cString } from './arg.ts';
import { classSpec, defineModule, type LuaResult, luaClass, raw } from './lua.ts';
import { subscription, unsubscription } from './mqtt-topics.ts';
import { Callback, Pin, takeFunction } from './net-object.ts';
import { protoEnvOf } from './proto-env.ts';

const DEFAULT_KEEPALIVE = 60; // mqtt.c MQTT_DEFAULT_KEEPALIVE
const DEFAULT_MAX_MESSAGE = 1024; // mqtt.c DEFAULT_MAX_MESSAGE_LENGTH

/** Names of `on`, in the firmware's order. */
const EVENTS = ['connect', 'connfail', 'offline', 'message', 'overflow', 'puback', 'suback', 'unsuback'] as const;
type Event = (typeof EVENTS)[number];
/** Those of the releases with autoreconnect. */
const OLD_EVENTS: readonly string[] = ['connect', 'offline', 'message', 'overflow'];
/** Before the next silent attempt; the firmware makes it at once. */
const AGAIN_MS = 100;

/** The userdata: a client and the functions that hear of it. */
class LuaMqtt implements MqttOwner {
  readonly client: MqttClient;
  readonly callbacks = Object.fromEntries(EVENTS.map((name) => [name, new Callback()])) as Record<Event, Callback>;
  /** Keeps the object alive from connect to its end. */
  readonly pin = new Pin();
  /** Stays as the last connect set it. */
  secure = false;
  /** The broker is connected again when the connection is lost: never, once it has been connected, or now. */
  reconnect: 'off' | 'possible' | 'on' = 'off';
  readonly #lua: LuaHost;
  readonly #again: OsTimer;
  #target: readonly [host: string, port: number] = ['', 0];

  constructor(device: Device, lua: LuaHost, config: MqttConfig) {
    this.#lua = lua;
    this.client = new MqttClient(protoEnvOf(device), config, this);
    this.#again = device.timers.timer('mqtt reconnect', () => this.client.connect(...this.#target, this.secure));
  }

  connect(host: string, port: number): void {
    this.#again.disarm();
    this.#target = [host, port];
    this.client.connect(host, port, this.secure);
  }

  close(): void {
    this.reconnect = 'off';
    if (this.#again.armed) {
      this.#again.disarm();
      this.pin.release();
    }
    this.client.close();
  }

  connected(): void {
    if (this.reconnect === 'possible') this.reconnect = 'on';
    this.#call('connect');
  }

  failed(reason: number): void {
    if (this.pin.isSet && this.reconnect !== 'on') this.#call('connfail', reason);
  }

  /** The object may be connected again inside the callback: the pin of that attempt stays. */
  ended(wasConnected: boolean): void {
    if (this.reconnect === 'on') {
      this.#again.arm(AGAIN_MS, false);
      if (wasConnected) this.#call('offline');
      return;
    }
    const pin = this.pin.take();
    if (wasConnected && pin !== undefined) this.callbacks.offline.call(this.#lua, pin);
    pin?.release();
  }

  message(topic: string, data: Uint8Array | undefined, overflow: boolean): void {
    if (this.pin.isSet) this.#call(overflow ? 'overflow' : 'message', topic, ...(data === undefined ? [] : [data]));
  }

  acknowledged(what: 'puback' | 'suback' | 'unsuback'): void {
    this.#call(what);
  }

  #call(event: Event, ...args: LuaInput[]): void {
    this.callbacks[event].call(this.#lua, this.pin.value, ...args);
  }
}

const CLIENT = luaClass<LuaMqtt>('mqtt.socket');

const self = (call: LuaCall): LuaMqtt => call.checkHost(1, CLIENT);

/** The object behind argument 1, which must be connected. */
function connectedSelf(call: LuaCall): LuaMqtt {
  const mqtt = self(call);
  if (!mqtt.client.isConnected) call.error('not connected');
  return mqtt;
}

/** Lua: mqtt.Client([clientid[, keepalive[, user[, pass[, cleansession[, maxlen]]]]]]): what does not fit is skipped. */
function newClient(call: LuaCall, device: Device): LuaInput {
  let n = 1;
  const text = (): string | undefined => (call.isString(n) ? call.toText(n++) : undefined);
  const integer = (): number => (call.isNumber(n) ? call.checkInteger(n++) : 0);
  const chipId = device.profile.mac % 2 ** 24;
  const config: MqttConfig = {
    clientId: text() ?? `NodeMCU_${chipId.toString(16)}`,
    keepAliveS: integer() || DEFAULT_KEEPALIVE,
    username: text(),
    password: text(),
    cleanSession: call.isNumber(n) ? integer() !== 0 : device.era.mqttReconnects !== 'never',
    maxMessage: integer() & 0xffff || DEFAULT_MAX_MESSAGE,
    will: undefined,
  };
  return call.newHost(CLIENT, new LuaMqtt(device, call.lua, config));
}

/** Lua: client:connect(host[, port[, secure[, autoreconnect]]][, function(client)[, function(client, reason)]]) */
function connect(call: LuaCall, device: Device): LuaResult {
  const { mqttReconnects } = device.era;
  const isOld = mqttReconnects !== 'never';
  const mqtt = self(call);
  if (mqtt.client.isConnected) call.error('already connected');
  let n = 2;
  const host = call.isString(n) ? (call.toText(n++) as string) : '';
  const port = call.isNumber(n) ? call.toInteger(n++) : MQTT_PORT;
  if (isOld) {
    mqtt.secure = call.isNumber(n) && call.toInteger(n++) === 1;
    const wants = call.isNumber(n) && call.toInteger(n++) === 1;
    if (wants && mqttReconnects === 'once connected')
      device.deprecated('autoreconnect == 1 is deprecated', 'in the next version');
    mqtt.reconnect = !wants ? 'off' : mqttReconnects === 'at once' ? 'on' : 'possible';
  } else if (call.isNumber(n)) {
    device.deprecated('mqtt.connect secure parameter as integer', 'in the future');
    mqtt.secure = call.toInteger(n++) !== 0;
  } else if (call.type(n) === 'boolean') {
    mqtt.secure = call.toBoolean(n++);
  }
  if (mqtt.secure && protoEnvOf(device).secure === undefined) call.error('ssl not available');
  takeFunction(call, n, mqtt.callbacks.connect);
  takeFunction(call, n + 1, mqtt.callbacks.connfail);
  mqtt.pin.release();
  mqtt.pin.set(call.ref(1));
  mqtt.connect(cString(host), port & 0xffff);
  return isOld ? true : undefined;
}

/** Lua: client:publish(topic, payload, qos, retain[, function(client)]) */
function publish(call: LuaCall): boolean {
  const { client, callbacks } = connectedSelf(call);
  const topic = call.checkText(2);
  const payload = call.checkBytes(3);
  const qos = call.checkInteger(4) & 0xff;
  const retain = (call.checkInteger(5) & 1) !== 0;
  const id = qos === 0 ? 0 : client.nextId();
  takeFunction(call, 6, callbacks.puback);
  return client.request('publish', publishMessage(topic, payload, qos, retain, id), id, qos);
}

/** Lua: client:subscribe(topic, qos[, function(client)]), client:subscribe({[topic] = qos, ...}[, function(client)]) */
function subscribe(call: LuaCall): boolean {
  const { client, callbacks } = connectedSelf(call);
  const { id, message, next } = subscription(call, client);
  takeFunction(call, next, callbacks.suback);
  return client.request('subscribe', message, id);
}

/** Lua: client:unsubscribe(topic[, function(client)]), client:unsubscribe({[topic] = x, ...}[, function(client)]) */
function unsubscribe(call: LuaCall): boolean {
  const { client, callbacks } = connectedSelf(call);
  const { id, message, next } = unsubscription(call, client);
  takeFunction(call, next, callbacks.unsuback);
  return client.request('unsubscribe', message, id);
}

/** Lua: client:lwt(topic, message[, qos[, retain]]) */
function lwt(call: LuaCall): undefined {
  const { config } = self(call).client;
  call.argCheck(call.isString(2), 2, 'need lwt topic');
  call.argCheck(call.isString(3), 3, 'need lwt message');
  let n = 4;
  const qos = call.isNumber(n) ? call.toInteger(n++) & 3 : config.will?.qos;
  const retain = call.isNumber(n) ? call.toInteger(n) !== 0 : config.will?.retain;
  const topic = call.toText(2) as string;
  const message = call.toText(3) as string;
  config.will = { topic, message, qos: qos ?? 0, retain: retain ?? false };
  return undefined;
}

/** Lua: client:on(event, function) */
function on(call: LuaCall, device: Device): undefined {
  const { callbacks } = self(call);
  const isOld = device.era.mqttReconnects !== 'never';
  if (isOld && !OLD_EVENTS.includes(call.checkText(2))) call.error('method not supported');
  call.checkType(3, 'function');
  const event = EVENTS[call.checkOption(2, undefined, EVENTS)] as Event;
  takeFunction(call, 3, callbacks[event]);
  return undefined;
}

/** __gc. */
function collect(call: LuaCall): undefined {
  const mqtt = self(call);
  mqtt.client.dispose();
  for (const slot of Object.values(mqtt.callbacks)) slot.set(undefined);
  mqtt.pin.release();
  return undefined;
}

export const mqtt = defineModule({ name: 'mqtt' }, (device) => ({
  functions: { Client: raw((call) => newClient(call, device)) },
  constants: {
    CONN_FAIL_SERVER_NOT_FOUND: MQTT_FAIL.SERVER_NOT_FOUND,
    CONN_FAIL_NOT_A_CONNACK_MSG: MQTT_FAIL.NOT_A_CONNACK_MSG,
    CONN_FAIL_DNS: MQTT_FAIL.DNS,
    CONN_FAIL_TIMEOUT_RECEIVING: MQTT_FAIL.TIMEOUT_RECEIVING,
    CONN_FAIL_TIMEOUT_SENDING: MQTT_FAIL.TIMEOUT_SENDING,
    CONNACK_ACCEPTED: 0,
    CONNACK_REFUSED_PROTOCOL_VER: 1,
    CONNACK_REFUSED_ID_REJECTED: 2,
    CONNACK_REFUSED_SERVER_UNAVAILABLE: 3,
    CONNACK_REFUSED_BAD_USER_OR_PASS: 4,
    CONNACK_REFUSED_NOT_AUTHORIZED: 5,
  },
  classes: [
    classSpec(CLIENT, {
      connect: raw((call) => connect(call, device)),
      close: raw((call) => self(call).close()),
      publish: raw(publish),
      subscribe: raw(subscribe),
      unsubscribe: raw(unsubscribe),
      lwt: raw(lwt),
      on: raw((call) => on(call, device)),
      __gc: raw(collect),
    }),
  ],
}));
