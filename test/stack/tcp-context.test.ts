import t from 'tap';
import { Drive, PEER } from '../helpers/drive.ts';

t.test('an ephemeral port avoids every list of blocks', (t) => {
  const d = new Drive({ tcpPortFirst: 2000, tcpPortLast: 2004 });
  d.tcp.newPcb().bind(0 as never, 2000);
  const listener = d.tcp.newPcb();
  listener.bind(0 as never, 2001);
  listener.listen();
  const waiting = d.tcp.newPcb();
  d.watch(waiting);
  waiting.bind(0 as never, 2002);
  waiting.connect(PEER, 80);
  d.inject('SA');
  waiting.close();
  d.inject('FA', { ack: 2 });
  t.equal(waiting.state, 'TIME-WAIT');
  const active = d.tcp.newPcb();
  active.bind(0 as never, 2003);
  active.connect(PEER, 81);
  const last = d.tcp.newPcb();
  last.connect(PEER, 82);
  t.equal(last.localPort, 2004);
  t.end();
});

t.test('a layer without a counter of the stack keeps its own', (t) => {
  const d = new Drive();
  d.inject('R', { port: 9 });
  t.same(d.tcp.drops.entries(), [['tcp no-connection', 1]]);
  t.end();
});
