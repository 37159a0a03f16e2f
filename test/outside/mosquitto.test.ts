/** The device's `mqtt` module against mosquitto on the loopback: users, QoS 2, retained messages, the will of a client that dies. */
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { GATEWAY, type LiveStory, liveStory } from '../helpers/live-story.ts';
import { freePort, missing, Program } from '../helpers/programs.ts';

const HOST = 'host.mcubox.test';
const skip = missing('mosquitto', 'mosquitto_pub', 'mosquitto_sub', 'mosquitto_passwd');
const USER = ['-u', 'lamp', '-P', 'secret'];

interface Broker {
  readonly port: number;
  readonly program: Program;
  client(command: string, ...args: readonly string[]): Program;
}

async function broker(t: Test): Promise<Broker> {
  const port = await freePort();
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous false', 'user root', ''];
  const dir = t.testdir({ 'mosquitto.conf': lines.join('\n') });
  const [config, passwords] = [join(dir, 'mosquitto.conf'), join(dir, 'passwords')];
  appendFileSync(config, `password_file ${passwords}\n`);
  spawnSync('mosquitto_passwd', ['-b', '-c', passwords, 'lamp', 'secret']);
  const program = new Program(t, 'mosquitto', ['-v', '-c', config]);
  await program.said(/mosquitto version \S+ running/);
  const client = (command: string, ...args: readonly string[]): Program =>
    new Program(t, command, ['-h', '127.0.0.1', '-p', String(port), ...args]);
  return { port, program, client };
}

const story = (t: Test, { port }: Broker, body: string, password = 'secret'): Promise<LiveStory> =>
  liveStory(
    t,
    `m = mqtt.Client("lamp-1", 30, "lamp", "${password}", 1)
     m:lwt("lamp/state", "gone", 1, 1)
     m:on("message", function(_, topic, data) print("got " .. topic .. "=" .. tostring(data)) end)
     m:on("offline", function() print("offline") end)
     m:on("connect", function(c) print("connected") ${body} end)
     m:connect("${HOST}", ${port}, false, nil, function(_, reason) print("refused " .. reason) end)`,
    GATEWAY,
  );

t.test('a wrong password is refused with the code of the protocol', { skip }, async (t) => {
  const s = await story(t, await broker(t), '', 'wrong');
  // Return code 5, not authorized.
  await s.shown('refused 5');
  t.pass('refused');
});

t.test('QoS 0 to 2 in both directions', { skip }, async (t) => {
  const b = await broker(t);
  const listener = b.client('mosquitto_sub', ...USER, '-q', '2', '-t', 'up/#', '-v', '-C', '3');
  await b.program.said('Sending SUBACK');
  const s = await story(
    t,
    b,
    `c:publish("up/0", "zero", 0, 0) c:publish("up/1", "one", 1, 0)
     c:publish("up/2", "two", 2, 0, function() print("released") end)
     c:subscribe({ ["down/#"] = 2 }, function() print("listening") end)`,
  );
  await s.shown('released');
  await s.shown('listening');
  t.equal(await listener.end(), 0);
  t.same(listener.stdout.trim().split('\n').sort(), ['up/0 zero', 'up/1 one', 'up/2 two']);
  for (const qos of ['0', '1', '2']) {
    const sent = b.client('mosquitto_pub', ...USER, '-q', qos, '-t', `down/${qos}`, '-m', `with ${qos}`);
    t.equal(await sent.end(), 0);
    await s.shown(`got down/${qos}=with ${qos}`);
  }
  await b.program.said('Received PUBCOMP from lamp-1');
});

t.test('retained messages come with the subscription', { skip }, async (t) => {
  const b = await broker(t);
  t.equal(await b.client('mosquitto_pub', ...USER, '-r', '-t', 'config/lamp', '-m', 'bright').end(), 0);
  const s = await story(
    t,
    b,
    'c:publish("lamp/kept", "here", 1, 1, function() print("kept") end) c:subscribe("config/#", 0)',
  );
  await s.shown('got config/lamp=bright');
  await s.shown('kept');
  const late = b.client('mosquitto_sub', ...USER, '-t', 'lamp/kept', '-v', '-C', '1');
  t.equal(await late.end(), 0);
  t.equal(late.stdout, 'lamp/kept here\n');
});

t.test('the will is published when the device dies', { skip }, async (t) => {
  const b = await broker(t);
  const listener = b.client('mosquitto_sub', ...USER, '-t', 'lamp/state', '-v');
  await b.program.said('Sending SUBACK');
  const s = await story(t, b, '');
  await s.shown('connected');
  // The power goes; the gateway's connection breaks with it.
  s.live.enter(() => s.device.reset({ raw: 0, reason: 6 }));
  await s.stop();
  await listener.said('lamp/state gone');
  t.equal(listener.stdout, 'lamp/state gone\n');
});

t.test('the end of the broker is told', { skip }, async (t) => {
  const b = await broker(t);
  const s = await story(t, b, '');
  await s.shown('connected');
  await b.program.stop('SIGTERM');
  await s.shown('offline');
  t.pass('told');
});
