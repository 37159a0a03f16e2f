import t from 'tap';
import { EMPTY, fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { ESPCONN } from '../../runtime/proto/espconn.ts';
import { EspconnUdpLayer } from '../../runtime/proto/espconn-udp.ts';
import { PEER, ProtoBench, US } from '../helpers/proto-bench.ts';

function setting() {
  const bench = new ProtoBench();
  const layer = new EspconnUdpLayer(bench.stack);
  const heard: string[] = [];
  const peer = bench.peer.udp(6000, (bytes) => heard.push(toLatin1(bytes)));
  const say = (text: string, port = 5000) => {
    peer.send(fromLatin1(text), US, port);
    bench.run(50);
  };
  return { bench, layer, heard, say };
}

t.test('a socket hears, and answers whoever spoke last', async (t) => {
  const { bench, layer, heard, say } = setting();
  const socket = layer.socket();
  const got: string[] = [];
  socket.received = (data) => got.push(toLatin1(data));
  socket.localPort = 5000;
  t.equal(socket.create(), ESPCONN.OK);
  say('one');
  say('');
  t.same(got, ['one'], 'an empty datagram is not told');
  t.ok(socket.turnToSender());
  t.equal(socket.send(fromLatin1('answer')), ESPCONN.OK);
  bench.run(50);
  t.same(heard, ['answer']);
});

t.test('a port is had by one socket, which keeps it until it is closed', async (t) => {
  const { layer, say } = setting();
  const [a, b] = [layer.socket(), layer.socket()];
  const got: string[] = [];
  a.received = () => got.push('a');
  b.received = () => got.push('b');
  a.localPort = 5000;
  b.localPort = 5000;
  a.create();
  t.equal(b.create(), ESPCONN.ISCONN);
  a.localPort = 5001;
  t.equal(a.create(), ESPCONN.ISCONN, 'it is open');
  say('x');
  say('x', 5001);
  t.same(got, ['a'], 'on its old port');
  a.delete();
  t.equal(b.create(), ESPCONN.OK);
  say('x');
  t.same(got, ['a', 'b']);
});

t.test('a closed socket sends nothing', async (t) => {
  const { layer } = setting();
  const socket = layer.socket();
  t.equal(socket.send(fromLatin1('x')), ESPCONN.ARG);
  t.notOk(socket.turnToSender());
  socket.delete();
  socket.create();
  t.equal(socket.send(EMPTY), ESPCONN.ARG);
  socket.remoteAddr = PEER;
  socket.remotePort = 6000;
  t.equal(socket.send(fromLatin1('x')), ESPCONN.OK);
});
