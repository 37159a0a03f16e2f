import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('somfy: wake-up, synchronisation, and bits in Manchester code', async (t) => {
  const esp = new Esp();
  esp.lua('somfy.sendcommand(4, 0x123456, somfy.UP, 1, 1, function() print("sent") end)');
  const start = esp.clock.now();
  esp.run(400);
  t.same(esp.lines(), ['sent']);
  const edges = esp.events
    .filter((event) => event.startsWith('pin 4='))
    .map((event) => [Number(event[6]), Number(event.split('@')[1]) * 1000 - start] as const);
  const rises = edges.filter(([level]) => level === 1).map(([, at]) => Math.round(at));
  // The pin began high: the first rise is that of the first hardware synchronisation.
  const first = rises.find((at) => at > 90_000) ?? 0;
  t.equal(first, 9415 + 89_565);
  t.equal(rises[rises.indexOf(first) + 2], first + 4 * 2560, 'software synchronisation');
  const begin = first + 4 * 2560 + 4550 + 640;
  const levelAt = (time: number): number => edges.filter(([, at]) => at <= time + 1).at(-1)?.[0] ?? 1;
  const bytes = Array.from({ length: 7 }, (_, i) =>
    Array.from({ length: 8 }, (_, k) => levelAt(begin + (i * 8 + k) * 1280 + 960)).reduce(
      (all, bit) => (all << 1) | bit,
      0,
    ),
  );
  const plain = bytes.map((byte, i) => (i === 0 ? byte : byte ^ (bytes[i - 1] ?? 0)));
  t.same([plain[0], (plain[1] ?? 0) >> 4, ...plain.slice(2)], [0xa7, 2, 0, 1, 0x12, 0x34, 0x56]);
  t.equal(plain.reduce((sum, byte) => sum ^ byte ^ (byte >> 4), 0) & 15, 0, 'check sum');
});

t.test("somfy: a frame of 80 bits is heard, with the firmware's logical or in its numbers", async (t) => {
  const esp = new Esp();
  esp.lua(
    'somfy.listen(2, function(address, command, code, frame) print(address, command, code, frame:byte(1, 10)) end)',
  );
  const plain = [0xa7, 0x20, 0, 1, 0x12, 0x34, 0x56, 0, 0, 0];
  plain[1] = 0x20 | (plain.slice(0, 7).reduce((sum, byte) => sum ^ byte ^ (byte >> 4), 0) & 15);
  const sent = [...plain];
  for (let i = 1; i < 7; i++) sent[i] = (sent[i] ?? 0) ^ (sent[i - 1] ?? 0);
  sent[7] = sent[0] ?? 0;
  const { gpio } = esp.device;
  const level = (value: 0 | 1, us: number): void => {
    gpio.setExternal(2, value);
    esp.run(us / 1000);
  };
  gpio.setExternal(2, 0);
  esp.run(100);
  for (let i = 0; i < 7; i++) {
    level(1, 2560);
    level(0, 2560);
  }
  level(1, 4550);
  level(0, 640);
  for (let i = 0; i < 80; i++) {
    const bit = (((sent[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) as 0 | 1;
    level(bit === 1 ? 0 : 1, 640);
    level(bit, 640);
  }
  level(0, 30_000);
  t.match(esp.lines(), [/^1\t2\t1\t167\t/]);
  esp.lua('somfy.listen(2)');
  t.equal(esp.error('somfy.listen("x")'), 'Invalid parameters');
  t.equal(new Esp({ profile: { lua: '5.3' } }).error('somfy.listen("2", print)'), 'Invalid parameters');
  t.equal(esp.error('somfy.listen(0, print)'), "bad argument #1 to 'listen' (Invalid interrupt pin)");
});

t.test('switec: goes there with acceleration, tells when it arrived, and can be reset', async (t) => {
  const esp = new Esp();
  esp.lua('switec.setup(0, 1, 2, 5, 6) switec.moveto(0, 200, function() print("there", switec.getpos(0)) end)');
  esp.run(100);
  const [under = ''] = esp.lua('print(switec.getpos(0))');
  t.match(under, /^\d+\t1$/);
  esp.run(1000);
  t.same(esp.lines(), ['there\t200\t0']);
  esp.lua('switec.moveto(0, 100, print)');
  t.equal(esp.error('switec.close(0)'), 'Unable to close stepper.');
  t.same(esp.run(1000).lines(), [], 'the callback is forgotten all the same');
  esp.lua('switec.moveto(0, -10)');
  esp.run(2000);
  t.same(esp.lua('print(switec.getpos(0)) switec.reset(0) print(switec.getpos(0))'), ['-10\t0', '0\t0']);
  t.ok(esp.events.filter((event) => /^pin [1256]=/.test(event)).length > 400);
  errorRows(t, [
    ['switec.setup(3, 1, 2, 3, 4)', 'switec 3 does not exist'],
    ['switec.setup(0, 1, 2, 13, 4)', "bad argument #4 to 'setup' (Invalid pin)"],
    ['switec.moveto(1, 2)', 'Unable to move stepper.'],
    ['switec.getpos(1)', 'Unable to get position.'],
  ]);
});

t.test('perf: samples of time', async (t) => {
  const esp = new Esp();
  esp.lua('perf.start(0x40000000, 0x40100000, 16)');
  esp.run(10);
  t.same(esp.lua('local total, outside, bins, size = perf.stop() print(total, outside, next(bins), size)'), [
    '200\t200\tnil\t65536',
  ]);
  t.same(esp.lua('print(select("#", perf.stop()))'), ['0']);
  t.equal(esp.error('perf.start(2, 1)'), 'end must be larger than start');
});
