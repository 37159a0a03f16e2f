/** The MQTT client against mosquitto, and mosquitto's clients against the broker of the world. In real time. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { fromLatin1, type Micros, ms, toLatin1, us, VirtualClock } from '../../runtime/core/index.ts';
import { MqttClient, type MqttOwner } from '../../runtime/proto/mqtt-client.ts';
import { publishMessage, subscribeMessage } from '../../runtime/proto/mqtt-message.ts';
import type { Ipv4Address } from '../../runtime/wire/index.ts';
import { MqttBroker } from '../../runtime/world/mqtt-broker.ts';
import type { Stream, StreamHandler } from '../../runtime/world/stream.ts';
import { freePort, missing, PATIENCE_MS } from '../helpers/programs.ts';
import { ProtoBench } from '../helpers/proto-bench.ts';

const skip = missing('mosquitto', 'mosquitto_pub');

async function until(done: () => boolean, step: () => void = () => {}): Promise<boolean> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(5)) {
    step();
    if (done()) return true;
  }
  return false;
}

/** A socket of the host computer as a stream. */
class SocketStream implements Stream {
  readonly localPort = 0;
  readonly remoteAddr = 0 as Ipv4Address;
  readonly remotePort = 0;
  handler: StreamHandler | undefined;
  readonly #socket: net.Socket;

  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.handler?.onData?.(new Uint8Array(bytes)));
    socket.on('end', () => this.handler?.onEnd?.());
    socket.on('drain', () => this.handler?.onDrain?.());
    socket.on('close', () => this.handler?.onClose?.(undefined));
    socket.on('error', () => {});
  }

  write(bytes: Uint8Array): boolean {
    return this.#socket.write(bytes);
  }
  end(): void {
    this.#socket.end();
  }
  destroy(): void {
    this.#socket.destroy();
  }
  pause(): void {
    this.#socket.pause();
  }
  resume(): void {
    this.#socket.resume();
  }
}

function started(t: Test, command: string, args: readonly string[]): { process: ChildProcess; output: () => string } {
  const child = spawn(command, args);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
    });
  t.teardown(() => child.kill());
  return { process: child, output: () => text };
}

t.test('the client speaks with mosquitto: user, all qualities, subscription, retained, will', { skip }, async (t) => {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const passwords = join(folder, 'passwords');
  spawnSync('mosquitto_passwd', ['-c', '-b', passwords, 'me', 'secret']);
  const config = join(folder, 'config');
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\nuser root\n`);
  const server = started(t, 'mosquitto', ['-v', '-c', config]);
  t.ok(await until(() => /running/.test(server.output())), server.output());

  const bench = new ProtoBench();
  // The peer of the bench hands everything on to the real broker.
  bench.peer.listen(1883, (stream) => {
    const socket = new SocketStream(net.connect(port, '127.0.0.1'));
    stream.handler = {
      onData: (bytes) => socket.write(bytes),
      onEnd: () => socket.end(),
      onClose: () => socket.destroy(),
    };
    socket.handler = { onData: (bytes) => stream.write(bytes), onEnd: () => stream.end(), onClose: () => stream.end() };
  });
  let last = Date.now();
  const pace = (): void => {
    const now = Date.now();
    bench.wired.runFor(ms(now - last) as Micros);
    last = now;
  };

  const told: string[] = [];
  const client = (username: string, password: string): MqttClient => {
    const owner: MqttOwner = {
      connected: () => told.push('connected'),
      failed: (reason) => told.push(`failed ${reason}`),
      ended: () => told.push('ended'),
      message: (topic, data) => told.push(`${topic}=${data === undefined ? '' : toLatin1(data)}`),
      acknowledged: (what) => told.push(what),
    };
    const will = { topic: 'status', message: 'gone', qos: 1, retain: false };
    const fixed = { clientId: 'dev', keepAliveS: 60, cleanSession: true, maxMessage: 1024 };
    return new MqttClient(bench.env, { ...fixed, username, password, will }, owner);
  };

  client('me', 'wrong').connect('192.168.1.10', 1883);
  t.ok(await until(() => told.includes('ended'), pace));
  t.match(told.splice(0), ['failed 5', 'ended']);

  const good = client('me', 'secret');
  good.connect('192.168.1.10', 1883);
  t.ok(await until(() => told.includes('connected'), pace));
  const id = good.nextId();
  good.request('subscribe', subscribeMessage(id, [{ filter: 'x/#', qos: 2 }]), id);
  for (const qos of [0, 1, 2]) {
    const number = qos === 0 ? 0 : good.nextId();
    const retain = qos === 1;
    const bytes = publishMessage('x/y', fromLatin1(`q${qos}`), qos, retain, number);
    good.request('publish', bytes, number, qos);
  }
  t.ok(await until(() => told.length >= 8, pace), told.join());
  t.same(told.splice(0).sort(), ['connected', 'puback', 'puback', 'puback', 'suback', 'x/y=q0', 'x/y=q1', 'x/y=q2']);

  const args = ['-p', String(port), '-u', 'me', '-P', 'secret', '-q', '2'];
  const subscriber = started(t, 'mosquitto_sub', [...args, '-v', '-t', '#']);
  t.ok(await until(() => subscriber.output().includes('x/y q1'), pace), 'the retained one');
  spawnSync('mosquitto_pub', [...args, '-t', 'x/z', '-m', 'from outside']);
  t.ok(await until(() => told.includes('x/z=from outside'), pace));
  // A reset instead of a goodbye.
  bench.stack.tcp.active[0]?.abort();
  t.ok(await until(() => subscriber.output().includes('status gone'), pace), 'the will');
});

t.test('mosquitto’s clients get along with the broker: sessions, retained, will, wildcards', { skip }, async (t) => {
  const clock = new VirtualClock();
  const broker = new MqttBroker(clock);
  broker.users.set('me', 'secret');
  const server = net.createServer((socket) => broker.accept(new SocketStream(socket))).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  const begun = Date.now();
  const pace = (): void => clock.runUntil(us((Date.now() - begun) * 1000));
  const args = ['-p', String(port), '-u', 'me', '-P', 'secret'];

  const refused = started(t, 'mosquitto_pub', ['-p', String(port), '-t', 'x', '-m', 'y']);
  t.ok(await until(() => /not authori[sz]ed|bad user/i.test(refused.output()), pace), refused.output());

  const subscriber = started(t, 'mosquitto_sub', [
    ...args,
    '-i',
    'sub',
    '-c',
    '-q',
    '2',
    '-v',
    '-t',
    'a/+',
    '-t',
    'w/#',
  ]);
  t.ok(await until(() => broker.clients.includes('sub'), pace));
  for (const [qos, more] of [
    ['0', []],
    ['1', ['-r']],
    ['2', ['--will-topic', 'w', '--will-payload', 'gone']],
  ] as const) {
    const publisher = started(t, 'mosquitto_pub', [...args, '-q', qos, '-t', `a/${qos}`, '-m', `m${qos}`, ...more]);
    t.ok(await until(() => subscriber.output().includes(`a/${qos} m${qos}`), pace), publisher.output());
  }
  subscriber.process.kill();
  t.ok(await until(() => !broker.clients.includes('sub'), pace));
  const long = started(t, 'mosquitto_sub', [
    ...args,
    '-t',
    'x',
    '--will-topic',
    'w/x',
    '--will-payload',
    'lost',
    '--will-qos',
    '1',
  ]);
  t.ok(await until(() => broker.clients.length === 1, pace));
  long.process.kill('SIGKILL');
  t.ok(await until(() => broker.clients.length === 0, pace));
  const back = started(t, 'mosquitto_sub', [...args, '-i', 'sub', '-c', '-q', '2', '-v', '-t', 'a/+', '-t', 'w/#']);
  t.ok(await until(() => back.output().includes('w/x lost') && back.output().includes('a/1 m1'), pace), back.output());
});
