/** Steps that talk to a device over the network, and what is expected of its frames. */
import { fromLatin1, type Ipv4Address, MqttBroker, parseIpv4, toLatin1 } from '../../runtime/index.ts';
import { find, type TestConnection, Unmet } from '../testing/index.ts';
import { type Actors, asTime, type Context, limitOf } from './context.ts';
import { checkReply, httpCall, httpShape } from './http-step.ts';
import { choice, either, flag, hexBytes, list, object, optional, text, time, wanted, whole } from './shape.ts';
import { type StepKind, step } from './step.ts';

const port = () => whole(1, 65_535);
const SILENCE = '1s';

/** Where a step goes: a name, or the device of the step once it has an address. */
function addressOf(name: string | undefined, { net }: Context, actors: Actors): Ipv4Address {
  if (name === undefined) return actors.device.waitAddress(limitOf(actors));
  const address = net.address(name);
  if (address === undefined) throw new Unmet(`nobody is called '${name}'`);
  return address;
}

function connectionOf(name: string | undefined, { connections }: Context): TestConnection {
  const found = connections.get(name ?? '');
  if (found === undefined) throw new Unmet(`no connection ${name === undefined ? 'is open' : `is called '${name}'`}`);
  return found;
}

function broker({ net, messages }: Context): MqttBroker {
  const service = net.world.services.get('mqtt.test');
  if (!(service instanceof MqttBroker)) throw new Unmet('this world has no broker');
  service.onMessage ??= (message) => messages.push(message);
  return service;
}

/** What is to be sent, one character per byte: text as UTF-8, or bytes as they are. */
const bytesOf = ({ send, bytes }: { send: string | undefined; bytes: string | undefined }): string | undefined =>
  send === undefined ? bytes : Buffer.from(send).toString('latin1');

/** Called before the first step: what the broker sees counts from the start. */
export const watchBroker = (context: Context): void => {
  if (context.net.world.services.has('mqtt.test')) broker(context);
};

export const NETWORK_STEPS: Readonly<Record<string, StepKind>> = {
  http: step('Sends a request to the device and checks the answer.', httpShape, (value, context, actors) => {
    const { call, to } = httpCall(value);
    const reply = actors.host.http(addressOf(to, context, actors), call, limitOf(actors));
    checkReply(reply, value.expect, context.golden);
  }),
  tcp: step(
    'Opens a connection (connect: PORT) or goes on with one (use: NAME), sends, waits for a text, closes.',
    object({
      connect: optional(port()),
      to: optional(text("a device's or host's name")),
      as: optional(text('a name')),
      use: optional(text('a name')),
      send: optional(text()),
      bytes: optional(hexBytes()),
      expect: optional(wanted()),
      'expect-end': optional(flag()),
      end: optional(choice('close', 'reset')),
      refused: optional(flag()),
    }),
    (value, context, actors) => {
      const limit = limitOf(actors);
      if (value.connect !== undefined) {
        const to = addressOf(value.to, context, actors);
        if (value.refused === true) return expectRefused(to, value.connect, actors);
        context.connections.set(value.as ?? '', actors.host.tcp(to, value.connect, limit));
      }
      const connection = connectionOf(value.use ?? value.as, context);
      const data = bytesOf(value);
      if (data !== undefined) connection.send(data);
      if (value.expect !== undefined) connection.expect(value.expect, limit);
      if (value['expect-end'] === true) connection.expectEnd(limit);
      if (value.end === 'close') connection.end();
      if (value.end === 'reset') connection.reset();
    },
  ),
  udp: step(
    "Sends a datagram from a host's port, waits for one that has a text, or for none.",
    object({
      'from-port': optional(port()),
      port: optional(port()),
      to: optional(text("a name or address; by default the device's")),
      send: optional(text()),
      bytes: optional(hexBytes()),
      expect: optional(wanted()),
      silence: optional(time()),
    }),
    (value, context, actors) => {
      const own = value['from-port'] ?? 0;
      const socket = context.sockets.get(own) ?? actors.host.udp(own);
      context.sockets.set(own, socket);
      const data = bytesOf(value);
      if (data !== undefined) {
        if (value.port === undefined) throw new Unmet('udp: port is missing, the one to send to');
        socket.send(data, addressOf(value.to, context, actors), value.port);
      }
      if (value.expect !== undefined) socket.expect(value.expect, limitOf(actors));
      if (value.silence !== undefined) socket.expectSilence(asTime(value.silence));
    },
  ),
  ping: step(
    'One echo request to the device: a reply comes, or none.',
    either(choice('reply', 'silence'), object({ to: optional(text('a name')), expect: choice('reply', 'silence') })),
    (value, context, actors) => {
      const { to, expect } = typeof value === 'string' ? { to: undefined, expect: value } : value;
      // Without an address there is nobody to answer.
      if (expect === 'silence' && to === undefined && actors.device.address === undefined) return;
      const answered = actors.host.ping(addressOf(to, context, actors), limitOf(actors) ?? SILENCE);
      if (answered === (expect === 'reply')) return;
      throw new Unmet(answered ? 'a reply came' : 'no reply came', {
        expected: expect,
        actual: answered ? 'reply' : 'silence',
      });
    },
  ),
  dns: step(
    'What the name server answers from now on: an address, or nxdomain.',
    object({ name: text('a name'), answer: text('an address or nxdomain') }),
    ({ name, answer }, { net }) => {
      const address = answer === 'nxdomain' ? undefined : (parseIpv4(answer) ?? net.address(answer));
      if (answer === 'nxdomain') net.world.names.delete(name.toLowerCase());
      else if (address === undefined) throw new Unmet(`'${answer}' is neither an address nor a known name`);
      else net.world.names.set(name.toLowerCase(), address);
    },
  ),
  mqtt: step(
    'A message of the broker mqtt.test: published to its clients, or expected from one.',
    object({
      publish: optional(text('a topic')),
      expect: optional(text('a topic')),
      message: optional(wanted()),
      retain: optional(flag()),
      qos: optional(whole(0, 2)),
    }),
    (value, context, actors) => {
      const server = broker(context);
      const { publish, expect, message = '', retain = false, qos = 0 } = value;
      if (publish !== undefined) {
        server.publish({ topic: publish, payload: fromLatin1(Buffer.from(message).toString('latin1')), qos, retain });
        context.messages.pop();
      }
      if (expect !== undefined) expectMessage(expect, message, context, actors);
    },
  ),
  'expect-connect': step(
    'The device gets an address (wifi), or opens a connection to a host.',
    either(choice('wifi'), object({ to: text("a host's name"), port: port() })),
    (value, { net }, actors) => {
      if (typeof value === 'string') actors.device.waitAddress(limitOf(actors));
      else {
        actors.device.waitAddress(limitOf(actors));
        const within = limitOf(actors);
        net.expectFrame(
          `src ${value.to} and tcp src port ${value.port} and syn and ack and dst ${actors.device.name}`,
          {
            ...(within === undefined ? {} : { within }),
          },
        );
      }
    },
  ),
  'expect-frame': step(
    'A frame that a filter in the words of tcpdump means; count 0: none within the time.',
    either(text('a filter'), object({ filter: text('a filter'), count: optional(whole(0, 100_000)) })),
    (value, { net }, actors) => {
      const { filter, count = 1 } = typeof value === 'string' ? { filter: value } : value;
      const within = limitOf(actors);
      net.expectFrame(filter, { count, ...(within === undefined ? {} : { within }) });
    },
  ),
  'expect-conversation': step(
    'What was said on the network since the start, one line per conversation, as a golden file or text says.',
    either(
      text('a file'),
      object({ file: optional(text('a file')), text: optional(text()), only: optional(list(text())) }),
    ),
    (value, { net, golden }) => {
      const file = typeof value === 'string' ? value : value.file;
      const { text: inline, only } = typeof value === 'string' ? { text: undefined, only: undefined } : value;
      const lines = net
        .conversations()
        .filter((line) => only === undefined || only.some((start) => line.startsWith(start)));
      const said = lines.map((line) => `${line}\n`).join('');
      if (file !== undefined) golden.check(file, said, 'the conversation');
      if (inline !== undefined) golden.checkText(inline, said, 'the conversation');
    },
  ),
};

function expectRefused(to: Ipv4Address, number: number, actors: Actors): void {
  try {
    actors.host.tcp(to, number, limitOf(actors)).reset();
  } catch (error) {
    if (error instanceof Unmet && !error.timeout) return;
    throw error;
  }
  throw new Unmet(`port ${number} took the connection`, { expected: 'refused', actual: 'connected' });
}

function expectMessage(topic: string, wantedText: string, { net, messages }: Context, actors: Actors): void {
  const at = (): number =>
    messages.findIndex(
      (m) => m.topic === topic && (wantedText === '' || find(wantedText, toLatin1(m.payload)) !== undefined),
    );
  if (at() < 0) net.until(() => at() >= 0, actors.within ?? net.patience);
  if (at() < 0) {
    const seen = messages.map((m) => `${m.topic}: ${toLatin1(m.payload)}`).join('\n');
    throw new Unmet(`no message on ${topic}`, { expected: `${topic}: ${wantedText}`, actual: seen, timeout: true });
  }
  messages.splice(at(), 1);
}
