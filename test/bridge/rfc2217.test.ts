import t from 'tap';
import { Rfc2217 } from '../../bridge/rfc2217.ts';

const [IAC, DONT, DO, WONT, WILL, SB, SE] = [255, 254, 253, 252, 251, 250, 240];
const COM_PORT = 44;

function port() {
  const sent: number[] = [];
  const received: number[] = [];
  const lines: string[] = [];
  let purged = 0;
  const machine = new Rfc2217({
    send: (bytes) => sent.push(...bytes),
    receive: (bytes) => received.push(...bytes),
    control: ({ dtr, rts }) => lines.push(`${dtr ? 'DTR' : ''}${rts ? 'RTS' : ''}`),
    purge: () => purged++,
  });
  const command = (...values: number[]): number[] => {
    machine.feed(Uint8Array.of(IAC as number, SB as number, COM_PORT, ...values, IAC as number, SE as number));
    return sent.splice(0);
  };
  const feed = (...bytes: (number | undefined)[]): number[] => {
    machine.feed(Uint8Array.from(bytes as number[]));
    return sent.splice(0);
  };
  return { machine, sent, received, lines, command, feed, purged: () => purged };
}

/** The body of one answer. */
const answer = (bytes: readonly number[]): number[] => {
  t.same(
    [bytes.slice(0, 3), bytes.slice(-2)],
    [
      [IAC, SB, COM_PORT],
      [IAC, SE],
    ],
  );
  return bytes.slice(3, -2);
};

t.test('bytes pass, 255 is doubled in both directions', async (t) => {
  const p = port();
  p.feed(1, 2, IAC, IAC, 3);
  t.same(p.received, [1, 2, 255, 3]);
  t.same([...p.machine.encode(Uint8Array.of(255, 1, 255))], [255, 255, 1, 255, 255]);
  const plain = Uint8Array.of(1, 2);
  t.equal(p.machine.encode(plain), plain);
});

t.test('options are agreed on once, unknown ones declined, nobody argues for ever', async (t) => {
  const p = port();
  p.machine.start();
  t.same(p.sent.splice(0).slice(0, 3), [IAC, WILL, COM_PORT]);
  t.same(p.feed(IAC, DO, COM_PORT), [], 'offered already');
  t.same(p.feed(IAC, WILL, COM_PORT), [IAC, DO, COM_PORT]);
  t.same(p.feed(IAC, WILL, COM_PORT), []);
  t.same(p.feed(IAC, DO, 1), [IAC, WONT, 1]);
  t.same(p.feed(IAC, WILL, 31), [IAC, DONT, 31]);
  t.same(p.feed(IAC, DONT, 0), [IAC, WONT, 0]);
  t.same(p.feed(IAC, DONT, 0), []);
  t.same(p.feed(IAC, WONT, 3), [IAC, DONT, 3]);
  t.same(p.received, []);
});

t.test('speed and format are what the client says, or what they were', async (t) => {
  const p = port();
  t.same(answer(p.command(1, 0, 0, 0, 0)), [101, 0, 1, 0xc2, 0]);
  t.same(answer(p.command(1, 0, 0, 0x25, 0x80)), [101, 0, 0, 0x25, 0x80]);
  t.same(answer(p.command(1, 0, 0, 0, 0)), [101, 0, 0, 0x25, 0x80]);
  t.same(answer(p.command(2, 0)), [102, 8]);
  t.same(answer(p.command(2, 7)), [102, 7]);
  t.same(answer(p.command(3, 0)), [103, 1]);
  t.same(answer(p.command(4, 2)), [104, 2]);
  t.same(answer(p.command(2, 0)), [102, 7]);
});

t.test('control lines are reported as they change, and answered when asked for', async (t) => {
  const p = port();
  t.same(answer(p.command(5, 7)), [105, 9]);
  t.same(answer(p.command(5, 8)), [105, 8]);
  t.same(answer(p.command(5, 11)), [105, 11]);
  t.same(answer(p.command(5, 7)), [105, 8]);
  t.same(answer(p.command(5, 10)), [105, 11]);
  t.same(answer(p.command(5, 12)), [105, 12]);
  t.same(p.lines, ['DTR', 'DTRRTS', 'DTR']);
  t.same(
    [0, 4, 13].map((request) => answer(p.command(5, request))[1]),
    [1, 6, 14],
    'no flow control, no break',
  );
});

t.test('masks, purges, the name and the state of the modem', async (t) => {
  const p = port();
  t.same(answer(p.command(10, 255, 255)), [110, 255, 255], 'a 255 inside is doubled');
  t.same(p.command(11, 3).slice(-4), [107, 0xb0, IAC, SE]);
  p.command(12, 1);
  p.command(12, 2);
  p.command(12, 3);
  t.equal(p.purged(), 2, 'what was received; sent bytes are gone already');
  t.match(Buffer.from(answer(p.command(0))).toString('latin1'), /^dmcubox/);
  t.same(p.command(0, 65), [], 'its own name');
  t.same([p.command(99), p.feed(IAC, SB, 31, 1, IAC, SE)], [[], []]);
});
