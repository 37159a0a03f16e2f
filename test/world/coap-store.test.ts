import t from 'tap';
import { EMPTY, fromLatin1, ms, seconds, toLatin1 } from '../../runtime/core/index.ts';
import {
  COAP_CODE,
  COAP_OPTION,
  COAP_PORT,
  type Coap,
  emitCoap,
  formatCoapCode,
  parseCoap,
} from '../../runtime/wire/index.ts';
import { CoapStore } from '../../runtime/world/coap-store.ts';
import { at, Wired } from '../helpers/wired.ts';

const { GET, PUT, POST, DELETE } = COAP_CODE;

function setting() {
  const world = new Wired();
  const server = new CoapStore(world.clock, world.host('coap.test', at(16)));
  const heard: Coap[] = [];
  const socket = world.host('a.test', at(20)).udp(0, (bytes) => {
    const message = parseCoap(bytes);
    if (message.ok) heard.push(message.value);
  });
  let id = 0;
  const send = (fields: Partial<Coap>): Coap[] => {
    heard.length = 0;
    const message: Coap = { type: 'CON', code: GET, id: ++id, token: EMPTY, options: [], payload: EMPTY, ...fields };
    socket.send(emitCoap(message), at(16), COAP_PORT);
    world.runFor(ms(100));
    return heard;
  };
  const request = (code: number, path: string, payload = ''): string => {
    const options = path.split('/').map((part) => ({ number: COAP_OPTION.URI_PATH, value: fromLatin1(part) }));
    const [answer] = send({ code, options, payload: fromLatin1(payload) });
    return answer === undefined ? 'nothing' : `${formatCoapCode(answer.code)} ${toLatin1(answer.payload)}`.trim();
  };
  return { world, server, send, request, socket };
}

t.test('resources answer as their methods say', async (t) => {
  const { world, request } = setting();
  t.equal(request(GET, 'hello'), '2.05 hello');
  t.equal(request(PUT, 'hello'), '4.05');
  t.equal(request(POST, 'echo', 'abc'), '2.04 abc');
  t.equal(request(GET, 'echo'), '4.05');
  t.equal(request(GET, 'nowhere'), '4.04');
  t.match(request(GET, '.well-known/core'), /^2\.05 <\/hello>,/);
  world.runFor(seconds(5));
  t.equal(request(GET, 'time'), '2.05 5');
  t.equal(request(POST, 'time'), '4.05');
  t.equal(request(POST, '.well-known/core'), '4.05');
});

t.test('what is put there stays there', async (t) => {
  const { server, request } = setting();
  t.equal(request(GET, 'store/a'), '4.04');
  t.equal(request(PUT, 'store/a', 'x'), '2.01');
  t.equal(request(POST, 'store/a', 'y'), '2.04');
  t.equal(request(GET, 'store/a'), '2.05 y');
  t.same([...server.stored.keys()], ['a']);
  t.equal(request(DELETE, 'store/a'), '2.02');
  t.equal(request(GET, 'store/a'), '4.04');
  t.equal(request(7, 'store/a'), '4.05');
});

t.test('confirmable requests get acknowledgements, others do not, and a ping a reset', async (t) => {
  const { send } = setting();
  const token = fromLatin1('tk');
  t.match(send({ id: 9, token }), [{ type: 'ACK', id: 9, token }]);
  t.match(send({ type: 'NON', id: 10, token }), [{ type: 'NON', token }]);
  t.match(send({ code: COAP_CODE.EMPTY, id: 11 }), [{ type: 'RST', id: 11, code: 0 }]);
  t.same(send({ type: 'ACK', id: 12 }), []);
});

t.test('a request that comes again is answered again, not done again', async (t) => {
  const { send, request } = setting();
  const options = ['store', 'n'].map((part) => ({ number: COAP_OPTION.URI_PATH, value: fromLatin1(part) }));
  const put = { code: PUT, id: 700, options, payload: fromLatin1('1') };
  t.match(send(put), [{ code: COAP_CODE.CREATED }]);
  t.match(send(put), [{ code: COAP_CODE.CREATED }], 'the first answer');
  for (let i = 0; i < 40; i++) request(GET, 'hello');
  t.match(send(put), [{ code: COAP_CODE.CHANGED }], 'long forgotten');
});

t.test('it can be deaf for a while, and garbage is not answered', async (t) => {
  const { world, server, request, socket } = setting();
  server.faults.drop = 1;
  t.equal(request(GET, 'hello'), 'nothing');
  t.equal(request(GET, 'hello'), '2.05 hello');
  socket.send(fromLatin1('x'), at(16), COAP_PORT);
  world.runFor(ms(100));
});
