import t from 'tap';
import { fromLatin1, type Micros, toLatin1, us, VirtualClock } from '../../runtime/core/index.ts';
import { Uart } from '../../runtime/device/uart.ts';

function make(timed: boolean) {
  const clock = new VirtualClock();
  const out: string[] = [];
  let waited = 0;
  let received = 0;
  const uart = new Uart({
    clock: { now: () => us(clock.now() + waited), timer: (l, f) => clock.timer(l, f) },
    timed,
    running: () => true,
    wait: (time: Micros) => {
      waited += time;
    },
    transmit: (port, bytes, at) => out.push(`${port}@${at} ${JSON.stringify(toLatin1(bytes))}`),
    received: () => received++,
  });
  return { uart, out, waited: () => waited, received: () => received };
}

t.test('console text gets CR LF and loses its own CR, raw bytes stay', async (t) => {
  const { uart, out } = make(false);
  uart.writeText('a\r\nb\n');
  uart.write(1, fromLatin1('a\nb\r'));
  t.same(out, ['0@0 "a\\r\\nb\\r\\n"', '1@0 "a\\nb\\r"']);
});

t.test('output beyond the FIFO makes the CPU wait at the configured speed', async (t) => {
  const { uart, waited } = make(true);
  uart.write(0, new Uint8Array(126));
  t.equal(waited(), 0);
  uart.write(0, new Uint8Array(1152));
  t.ok(Math.abs(waited() - 100_000) <= 1, '1152 bytes at 115200 baud');
});

t.test('the ring keeps the last 256 received bytes', async (t) => {
  const { uart, received } = make(false);
  uart.receive(fromLatin1(`lost${'x'.repeat(255)}`));
  uart.receive(fromLatin1('y'));
  let text = '';
  for (let b = uart.take(); b !== undefined; b = uart.take()) text += String.fromCharCode(b);
  t.equal(text, `${'x'.repeat(255)}y`);
  t.equal(received(), 2);
});

t.test('a reset restores the configuration', async (t) => {
  const { uart } = make(false);
  uart.configure(0, { baud: 9600, dataBits: 7, parity: 1, stopBits: 2 });
  t.equal(uart.config(0).baud, 9600);
  uart.reset();
  t.same(uart.config(0), { baud: 115200, dataBits: 8, parity: 0, stopBits: 1 });
});
