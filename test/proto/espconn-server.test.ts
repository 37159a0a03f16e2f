import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { ESPCONN, EspconnServer, type EspconnTcp } from '../../runtime/proto/index.ts';
import { ProtoBench, US } from '../helpers/proto-bench.ts';

/** A server at port 80 whose clients note what they are told; and what the peer's ends hear. */
function scene(onClient: (client: EspconnTcp, told: string[]) => void = () => {}) {
  const bench = new ProtoBench();
  const server = new EspconnServer(bench.stack, bench.env.espconn);
  const told: string[] = [];
  const heard: string[] = [];
  server.accepted = (client) => {
    told.push('accepted');
    client.handlers = {
      received: (data) => told.push(`received ${toLatin1(data)}`),
      sent: () => told.push('sent'),
      disconnected: () => {
        server.forget(client);
        told.push('disconnected');
      },
      failed: (code) => {
        server.forget(client);
        told.push(`failed ${code}`);
      },
    };
    onClient(client, told);
  };
  t.equal(server.listen(80), ESPCONN.OK);
  const connect = () => {
    const stream = bench.peer.connect(US, 80, {
      onData: (bytes) => {
        heard.push(toLatin1(bytes));
      },
      onEnd: () => {
        heard.push('<end>');
        stream.end();
      },
      onClose: (error) => {
        heard.push(`<closed ${error}>`);
      },
    });
    return stream;
  };
  return { bench, server, told, heard, connect };
}

t.test('a client is told when it is there; its data and its end follow', async (t) => {
  const { bench, server, told, connect } = scene();
  const stream = connect();
  stream.write(fromLatin1('hello'));
  bench.run(200);
  t.same(told, ['accepted', 'received hello']);
  t.equal(server.clients.length, 1);
  stream.end();
  bench.run(500);
  t.same(told.slice(2), ['disconnected']);
  t.equal(server.clients.length, 0);
});

t.test('one buffer at a time goes to a client, and our end is told like the peer’s', async (t) => {
  const codes: number[] = [];
  const { bench, told, heard, connect } = scene((client) => {
    codes.push(
      client.send(fromLatin1('one')),
      client.send(fromLatin1('two')),
      client.disconnect(),
      client.disconnect(),
    );
  });
  connect();
  bench.run(1000);
  t.same(codes, [ESPCONN.OK, ESPCONN.MAXNUM, ESPCONN.OK, ESPCONN.INPROGRESS]);
  t.same(heard, ['one', '<end>', '<closed undefined>']);
  t.same(told, ['accepted', 'disconnected']);
});

t.test('five clients at a time, the sixth is reset', async (t) => {
  const { bench, told, heard, connect } = scene();
  for (let i = 0; i < 6; i++) connect();
  bench.run(500);
  t.equal(told.length, 5);
  t.same(heard, ['<closed -9>']);
});

t.test('a port is taken once, and not at all while somebody is connected there', async (t) => {
  const { bench, server, connect } = scene();
  t.equal(server.listen(80), ESPCONN.MEM);
  connect();
  bench.run(200);
  t.equal(server.listen(80), ESPCONN.ISCONN);
  t.equal(server.listen(81), ESPCONN.OK);
});

t.test(
  'silence for as many polls as the time-out says ends a connection; traffic starts the count again',
  async (t) => {
    const { bench, server, told, connect } = scene();
    server.timeoutPolls = 3;
    const stream = connect();
    bench.run(4000);
    stream.write(fromLatin1('x'));
    bench.run(5000);
    t.same(told, ['accepted', 'received x']);
    bench.run(2500);
    t.same(told.slice(2), ['disconnected']);
  },
);

t.test('without a time-out it stays', async (t) => {
  const { bench, server, told, connect } = scene();
  server.timeoutPolls = 0;
  connect();
  bench.run(600_000);
  t.same(told, ['accepted']);
});

t.test('on hold the window closes while data is still handed over; after that it opens at once', async (t) => {
  let bytes = 0;
  const { bench, connect } = scene((client) => {
    const { handlers } = client;
    client.handlers = { ...handlers, received: (data) => (bytes += data.length) };
    client.hold(true);
    bench.env.timer('unhold', () => client.hold(false)).arm(10_000, false);
  });
  connect().write(new Uint8Array(30_000));
  bench.run(9000);
  t.equal(bytes, bench.stack.opts.tcpWindow);
  bench.run(60_000);
  t.equal(bytes, 30_000);
});
