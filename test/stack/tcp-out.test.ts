import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { ERR } from '../../runtime/stack/err.ts';
import { ESP8266_OPTS, HOST_OPTS } from '../../runtime/stack/opts.ts';
import { Drive, NOWHERE, PEER } from '../helpers/drive.ts';

const bytes = fromLatin1;

t.test('write', async (t) => {
  t.test('takes 2920 bytes and not one more, all or nothing', (t) => {
    const d = new Drive();
    const pcb = d.established();
    t.equal(pcb.write(new Uint8Array(2921)), ERR.MEM);
    t.equal(pcb.sndBuf, 2920);
    t.equal(pcb.write(new Uint8Array(2920)), ERR.OK);
    t.equal(pcb.write(Uint8Array.of(1)), ERR.MEM);
    pcb.output();
    d.inject('A', { ack: 2921 });
    t.equal(pcb.write(new Uint8Array(2920)), ERR.OK);
    t.end();
  });

  t.test('takes 2919 while the SYN is out', (t) => {
    const d = new Drive();
    const pcb = d.tcp.newPcb();
    pcb.connect(PEER, 80);
    t.equal(pcb.write(new Uint8Array(2920)), ERR.MEM);
    t.equal(pcb.write(new Uint8Array(2919)), ERR.OK);
    t.end();
  });

  t.test('takes at most eight segments', (t) => {
    const d = new Drive();
    const pcb = d.established({}, 100);
    t.equal(pcb.write(new Uint8Array(801)), ERR.MEM);
    t.equal(pcb.write(new Uint8Array(800)), ERR.OK);
    t.equal(pcb.sndQueueLen, 8);
    t.equal(pcb.write(Uint8Array.of(1)), ERR.MEM);
    t.end();
  });

  t.test('refuses even data that would fit into the last segment once eight are queued, as in lwIP', (t) => {
    const d = new Drive();
    const pcb = d.established({}, 100);
    pcb.write(new Uint8Array(750));
    t.equal(pcb.sndQueueLen, 8);
    t.equal(pcb.write(Uint8Array.of(1)), ERR.MEM);
    t.end();
  });

  t.test('sends nothing by itself and copies what it takes', (t) => {
    const d = new Drive();
    const pcb = d.established();
    const data = bytes('hello');
    pcb.write(data);
    data.fill(0);
    t.same(d.take(), []);
    pcb.output();
    t.same(d.takeData(), ['hello']);
    t.end();
  });

  t.test('nothing to write is no error, in a state that may write', (t) => {
    const d = new Drive();
    const pcb = d.tcp.newPcb();
    t.equal(pcb.write(new Uint8Array()), ERR.CONN);
    pcb.connect(PEER, 80);
    t.equal(pcb.write(new Uint8Array()), ERR.OK);
    t.end();
  });

  t.test('is refused after close', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.close();
    t.equal(pcb.write(Uint8Array.of(1)), ERR.CONN);
    t.end();
  });

  t.test('several writes before the flush fill segments up to the MSS', (t) => {
    const d = new Drive();
    const pcb = d.established();
    for (const word of ['one ', 'two ', 'three']) pcb.write(bytes(word));
    pcb.output();
    t.same(d.takeData(), ['one two three']);
    t.end();
  });

  t.test('a write is cut where the last segment is full', (t) => {
    const d = new Drive();
    const pcb = d.established({}, 500);
    pcb.write(new Uint8Array(300).fill(65));
    pcb.write(new Uint8Array(900).fill(66));
    pcb.output();
    t.same(d.take(), ['PA 1+500 a1 w5840', 'A 501+500 a1 w5840']);
    d.inject('A', { ack: 1001 });
    t.same(d.take(), ['PA 1001+200 a1 w5840']);
    t.end();
  });

  t.test('data queued while connecting is cut into 536 bytes, later data into the peer’s MSS', (t) => {
    const d = new Drive();
    const pcb = d.tcp.newPcb();
    pcb.connect(PEER, 80);
    pcb.write(new Uint8Array(1000));
    d.take();
    d.inject('SA', { mss: 1460 });
    t.same(d.take(), ['A 1+536 a1 w5840'], 'Nagle counts in the new MSS and keeps the second');
    pcb.write(new Uint8Array(1460));
    d.inject('A', { ack: 537 });
    t.same(d.take(), ['PA 537+536 a1 w5840'], 'the first of the new writes filled the second up');
    t.end();
  });

  t.test('a peer without the MSS option gets 536, one with 0 or too much gets 1460', (t) => {
    for (const [mss, want] of [
      [undefined, 536],
      [0, 1460],
      [9000, 1460],
      [700, 700],
    ] as const) {
      const d = new Drive();
      const pcb = d.tcp.newPcb();
      pcb.connect(PEER, 80);
      d.inject('SA', mss === undefined ? {} : { mss });
      t.equal(pcb.mss, want);
    }
    t.end();
  });
});

t.test('output', async (t) => {
  t.test('Nagle: a small segment waits while something is unacknowledged', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.write(bytes('a'));
    pcb.output();
    pcb.write(bytes('b'));
    pcb.write(bytes('c'));
    pcb.output();
    t.same(d.takeData(), ['a']);
    d.inject('A', { ack: 2 });
    t.same(d.takeData(), ['bc']);
    t.end();
  });

  t.test('Nagle lets full segments, two segments and noDelay pass', (t) => {
    const d = new Drive();
    const pcb = d.established({}, 100);
    pcb.congestion.cwnd = 2000;
    pcb.write(bytes('a'));
    pcb.output();
    pcb.write(new Uint8Array(100));
    pcb.output();
    t.same(d.take(), ['PA 1+1 a1 w5840', 'PA 2+100 a1 w5840']);
    pcb.write(new Uint8Array(150));
    pcb.output();
    t.same(d.take(), ['A 102+100 a1 w5840'], 'the second is alone when its turn comes');
    pcb.noDelay = true;
    pcb.output();
    t.same(d.take(), ['PA 202+50 a1 w5840']);
    t.end();
  });

  t.test('a refused write lets the next output skip Nagle', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.write(bytes('a'));
    pcb.output();
    pcb.write(bytes('b'));
    pcb.write(new Uint8Array(2920));
    pcb.output();
    t.same(d.takeData(), ['a', 'b']);
    t.end();
  });

  t.test('a FIN of its own lets small data pass, one that rides on small data waits with it', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.write(bytes('a'));
    pcb.output();
    pcb.write(bytes('b'));
    d.take();
    pcb.close();
    t.same(d.take(), []);
    d.inject('A', { ack: 2 });
    t.same(d.take(), ['FPA 2+1 a1 w5840']);
    t.end();
  });

  t.test('at most two segments leave first', (t) => {
    const d = new Drive();
    const pcb = d.established({}, 500);
    pcb.write(new Uint8Array(2500));
    pcb.output();
    t.equal(d.take().length, 2);
    d.inject('A', { ack: 501 });
    t.same(d.take(), ['A 1001+500 a1 w5840', 'A 1501+500 a1 w5840']);
    t.end();
  });

  t.test('the peer’s window is obeyed to the byte and segments are not cut for it', (t) => {
    const d = new Drive();
    const pcb = d.established({}, 500);
    d.inject('A', { win: 999, seq: 1 });
    pcb.sndWnd = 999;
    pcb.write(new Uint8Array(1000));
    pcb.output();
    t.same(d.take(), ['A 1+500 a1 w5840']);
    t.end();
  });

  t.test('inside a callback of the same block it waits for the end of the segment', (t) => {
    const d = new Drive();
    d.established({
      recv: (pcb) => {
        pcb.recved(5840);
        pcb.write(bytes('one'));
        pcb.output();
        d.told.push(`sent by now: ${d.sent.length}`);
        pcb.write(bytes('two'));
      },
    });
    d.inject('PA', { data: 'x' });
    t.same(d.heard(), ['sent by now: 0']);
    t.same(d.takeData(), ['onetwo']);
    t.end();
  });

  t.test('inside a callback of another block it does not', (t) => {
    const d = new Drive();
    d.listening();
    const other = d.accept(4000);
    const pcb = d.accept(4001);
    pcb.handlers = {
      recv: () => {
        other.write(bytes('now'));
        other.output();
        d.told.push(`sent by now: ${d.sent.length}`);
      },
    };
    d.inject('PA', { from: 4001, port: 80, data: 'x' });
    t.same(d.heard(), ['sent by now: 1']);
    t.end();
  });

  t.test('without a route the SYN is not sent', (t) => {
    const d = new Drive();
    t.equal(d.tcp.newPcb().connect(NOWHERE, 80), ERR.RTE);
    t.same(d.take(), []);
    t.end();
  });

  t.test('the time to live of a block is used for its segments', (t) => {
    t.equal(new Drive().tcp.newPcb().ttl, 255);
    t.equal(new Drive({}, HOST_OPTS).tcp.newPcb().ttl, 64);
    t.end();
  });
});

t.test('a host’s bulk write leaves as full segments with the same bytes', (t) => {
  const d = new Drive({}, HOST_OPTS);
  const pcb = d.established();
  const data = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  t.equal(pcb.write(data), ERR.OK);
  pcb.output();
  let got = '';
  for (let ack = 1; ack < 200_001; ) {
    const flight = d.sent.splice(0);
    for (const { tcp } of flight) {
      got += toLatin1(tcp.payload);
      ack += tcp.payload.length;
    }
    d.inject('A', { ack, win: 65535 });
  }
  t.equal(got, toLatin1(data));
  t.equal(pcb.sndBuf, HOST_OPTS.tcpSendBuffer);
  t.end();
});

t.test('persist: for a segment that was sent before and waits again, a byte of the link header is sent', (t) => {
  for (const [opts, probe] of [
    [ESP8266_OPTS, '^'],
    [HOST_OPTS, 'a'],
  ] as const) {
    const d = new Drive({ tcpMss: 1460, tcpSlowMs: 250 }, opts);
    const pcb = d.established();
    pcb.write(bytes('abcdefgh'));
    pcb.output();
    d.inject('A', { win: 0 });
    // The retransmission puts it back, and the closed window keeps it there.
    d.run(1500);
    d.sent.splice(0);
    d.run(10_000);
    const payloads = d.sent.map((p) => toLatin1(p.tcp.payload));
    t.ok(payloads.length > 0, 'probes');
    t.same([...new Set(payloads)], [probe]);
  }
  t.end();
});
