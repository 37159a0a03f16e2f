/** The topic arguments of mqtt's subscribe and unsubscribe, a text or a table, with the firmware's sentences (modules/mqtt.c). */
import { type MqttClient, subscribeMessage, unsubscribeMessage } from '../../runtime/proto/index.ts';
import type { LuaCall, LuaHandle, LuaOutput } from '../../runtime/vm/index.ts';

interface Request {
  readonly id: number;
  /** Undefined when it does not fit. */
  readonly message: Uint8Array | undefined;
  /** The argument behind the topics. */
  readonly next: number;
}

interface Topic {
  readonly filter: string;
  readonly qos: number;
}

export function subscription(call: LuaCall, client: MqttClient): Request {
  const table = tableAt(call, 2);
  if (table !== undefined) return fromTable(call, client, table, true);
  const filter = call.checkText(2);
  const qos = call.checkInteger(3) & 0xff;
  const id = client.nextId();
  return { id, message: subscribeMessage(id, [{ filter, qos }]), next: 4 };
}

export function unsubscription(call: LuaCall, client: MqttClient): Request {
  const table = tableAt(call, 2);
  if (table !== undefined) return fromTable(call, client, table, false);
  const filter = call.checkText(2);
  const id = client.nextId();
  return { id, message: unsubscribeMessage(id, [filter]), next: 3 };
}

const tableAt = (call: LuaCall, n: number): LuaHandle | undefined =>
  call.type(n) === 'table' ? call.handle(n) : undefined;

/** All keys in one message. The first that does not fit ends the reading; the id is used up by then. */
function fromTable(call: LuaCall, client: MqttClient, table: LuaHandle, withQos: boolean): Request {
  const topics: Topic[] = [];
  let id = 0;
  let message: Uint8Array | undefined;
  for (const [key, value] of table.pairs()) {
    topics.push({ filter: keyText(call, key), qos: withQos ? qosOf(call, value) : 0 });
    if (id === 0) id = client.nextId();
    message = withQos
      ? subscribeMessage(id, topics)
      : unsubscribeMessage(
          id,
          topics.map((topic) => topic.filter),
        );
    if (message === undefined) {
      return call.error(`buffer overflow, can't enqueue all ${withQos ? 'subscriptions' : 'unsubscriptions'}`);
    }
    // luaL_checkstring turns a number into a text where it stands, and that is no key of the table.
    if (typeof key === 'number') call.raise("invalid key to 'next'");
  }
  return topics.length === 0 ? call.error('no topics found') : { id, message, next: 3 };
}

const typeName = (value: LuaOutput): string =>
  value === undefined ? 'nil' : typeof value === 'object' ? value.type : typeof value;

/** luaL_checkstring(-2): the message counts from the end of the stack too. */
function keyText(call: LuaCall, key: LuaOutput): string {
  if (typeof key === 'string') return key;
  return typeof key === 'number' ? String(key) : call.argError(-2, `string expected, got ${typeName(key)}`);
}

/** luaL_checkinteger(-1), squeezed into an octet. */
function qosOf(call: LuaCall, value: LuaOutput): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) {
    return call.argError(-1, `number expected, got ${typeName(value)}`);
  }
  return number & 0xff;
}
