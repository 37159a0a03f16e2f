import fc from 'fast-check';
import t from 'tap';
import { EMPTY, fromLatin1, hex, toLatin1 } from '../../runtime/core/index.ts';
import { type CoapProgram, CoapResources, CoapServer } from '../../runtime/proto/coap-server.ts';
import { EspconnUdpLayer } from '../../runtime/proto/espconn-udp.ts';
import { COAP_CODE, COAP_OPTION, type Coap, emitCoap, formatCoapCode, parseCoap } from '../../runtime/wire/index.ts';
import { ProtoBench, US } from '../helpers/proto-bench.ts';

const { GET, POST, PUT } = COAP_CODE;

class Program implements CoapProgram {
  readonly chipId = 0x010203;
  readonly variables = new Map([['temp', '21']]);
  readonly ran: string[] = [];

  variable(name: string): string | undefined {
    return this.variables.get(name);
  }
  call(name: string, payload: Uint8Array): Uint8Array | undefined {
    return name === 'twice' ? fromLatin1(toLatin1(payload).repeat(2)) : undefined;
  }
  run(code: Uint8Array): void {
    this.ran.push(toLatin1(code));
  }
  hang(): never {
    throw new Error('hangs');
  }
}

function setting() {
  const program = new Program();
  const resources = new CoapResources(program);
  resources.addVariable('temp', 0);
  resources.addVariable('gone', 50);
  resources.addFunction('twice', 0);
  resources.addFunction('gone', 0);
  const ask = (code: number, path: string, payload = '', more: Partial<Coap> = {}): string => {
    const options = path.split('/').map((part) => ({ number: COAP_OPTION.URI_PATH, value: fromLatin1(part) }));
    const whole: Coap = { type: 'CON', code, id: 7, token: EMPTY, options, payload: fromLatin1(payload), ...more };
    const response = parseCoap(resources.respond(emitCoap(whole)) ?? EMPTY);
    if (!response.ok) return response.error;
    const { type, options: given, payload: body } = response.value;
    const format = given.map(({ number, value }) => `${number}=${hex(value)}`).join();
    return `${type} ${formatCoapCode(response.value.code)} ${format} ${toLatin1(body)}`.trim();
  };
  return { program, resources, ask };
}

t.test('variables, functions, the chip and the list of it all', async (t) => {
  const { ask, resources } = setting();
  t.equal(ask(GET, 'v1/v/temp'), 'ACK 2.05 12=0000 21');
  t.equal(ask(POST, 'v1/f/twice', 'ab'), 'ACK 2.05 12=0000 abab');
  t.equal(ask(GET, 'v1/id'), 'ACK 2.05 12=0000 \x03\x02\x01\0');
  t.match(ask(GET, '.well-known/core'), /^ACK 2\.05 12=0028 <\/\.well-known\/core>;ct=40,<\/v1\/v\/temp>;ct=0,/);
  resources.addVariable('temp', 50);
  t.equal(ask(GET, 'v1/v/temp'), 'ACK 2.05 12=0032 21', 'registered anew with another format');
});

t.test('what is not there', async (t) => {
  const { ask } = setting();
  t.equal(ask(GET, 'v1/v/gone'), 'ACK 4.04 12=ffff', 'registered without a value');
  t.equal(ask(GET, 'v1/v/never'), 'ACK 2.05 12=0000', 'not registered');
  t.equal(ask(GET, 'v1/v'), 'ACK 2.05 12=0000');
  t.equal(ask(POST, 'v1/f/gone'), 'ACK 4.04 12=ffff');
  t.equal(ask(POST, 'v1/f'), 'ACK 4.04 12=ffff');
  t.equal(ask(PUT, 'v1/v/temp'), 'ACK 4.04 12=ffff', 'another method');
  t.equal(ask(GET, 'v1/id/x'), 'ACK 4.04 12=ffff', 'nothing below it');
  t.equal(ask(GET, 'v1'), 'ACK 4.04 12=ffff');
  t.equal(ask(GET, '', '', { options: [] }), 'ACK 4.04 12=ffff');
});

t.test('every message is a request, and tokens come back', async (t) => {
  const { ask, resources } = setting();
  t.equal(ask(GET, 'v1/v/temp', '', { type: 'NON' }), 'ACK 2.05 12=0000 21');
  t.equal(ask(0, 'x', '', { type: 'RST' }), 'ACK 4.04 12=ffff');
  const response = resources.respond(
    emitCoap({ type: 'CON', code: 0, id: 1, token: fromLatin1('tk'), options: [], payload: EMPTY }),
  );
  t.equal(hex(response ?? EMPTY), '62840001746bc2ffff');
});

t.test('only the first run of path options counts', async (t) => {
  const { ask } = setting();
  const path = (text: string) => ({ number: COAP_OPTION.URI_PATH, value: fromLatin1(text) });
  const options = [path('v1'), path('id'), { number: 12, value: EMPTY }, { number: 256 + 11, value: fromLatin1('x') }];
  t.equal(ask(GET, '', '', { options }), 'ACK 2.05 12=0000 \x03\x02\x01\0');
});

t.test('commands are run', async (t) => {
  const { ask, program } = setting();
  t.equal(ask(POST, 'v1/c', 'x = 1'), 'ACK 2.05 12=0000');
  t.equal(ask(POST, 'v1/c'), 'ACK 4.00 12=0000');
  t.equal(ask(POST, 'v1/c', 'x'.repeat(256)), 'ACK 2.05 12=0000', 'but not long ones');
  t.same(program.ran, ['x = 1']);
});

t.test('an empty name is a loop without an end', async (t) => {
  const { ask, resources } = setting();
  resources.addVariable('', 0);
  resources.addFunction('', 0);
  t.throws(() => ask(GET, 'v1/v/'), /hangs/);
  t.throws(() => ask(POST, 'v1/f/'), /hangs/);
});

t.test('what is too long is not answered', async (t) => {
  const { ask, program, resources } = setting();
  program.variables.set('temp', 'x'.repeat(1145));
  t.match(ask(GET, 'v1/v/temp'), /^ACK 2\.05/);
  program.variables.set('temp', 'x'.repeat(1146));
  t.equal(ask(GET, 'v1/v/temp'), 'truncated');
  t.equal(resources.respond(new Uint8Array(1153).fill(0x40)), undefined);
  for (let i = 0; i < 100; i++) resources.addVariable(`variable${i}`, 0);
  t.equal(ask(GET, '.well-known/core').length, 'ACK 2.05 12=0028 '.length + 1023);
});

t.test('a server answers on its port until it is closed', async (t) => {
  const bench = new ProtoBench();
  const layer = new EspconnUdpLayer(bench.stack);
  const server = new CoapServer(layer, setting().resources);
  const heard: string[] = [];
  const peer = bench.peer.udp(0, (bytes) => heard.push(hex(bytes)));
  const ask = (): number => {
    peer.send(Uint8Array.of(0x40, 0, 0, 1), US, 5683);
    bench.run(50);
    return heard.length;
  };
  server.close();
  server.listen(5683);
  t.equal(ask(), 1);
  const second = new CoapServer(layer, setting().resources);
  second.listen(5683);
  server.close();
  t.equal(ask(), 1, 'the second was refused in silence');
});

t.test('any datagram is answered or ignored', async () => {
  const { resources, program } = setting();
  program.hang = () => undefined as never;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, plausible) => {
      if (plausible && noise.length > 2) {
        noise[0] = 0x40;
        noise[1] = (noise[1] ?? 0) % 5;
      }
      resources.respond(noise);
    }),
    { seed: 1, numRuns: 2000 },
  );
});
