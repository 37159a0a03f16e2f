import t from 'tap';
import { us } from '../../runtime/core/index.ts';
import { Gpio, PIN_MODE } from '../../runtime/device/gpio.ts';

function make() {
  const driven: string[] = [];
  const gpio = new Gpio({ now: () => us(7), driven: (pin, level, at) => driven.push(`${pin}=${level}@${at}`) });
  return { gpio, driven };
}

t.test('an unconnected pin reads 1, an input what the world applies', async (t) => {
  const { gpio } = make();
  t.equal(gpio.read(1), 1);
  gpio.setExternal(1, 0);
  t.equal(gpio.read(1), 0);
});

t.test('an output reads its own level whatever the world applies', async (t) => {
  const { gpio, driven } = make();
  gpio.setMode(1, PIN_MODE.OUTPUT);
  gpio.write(1, 1);
  gpio.setExternal(1, 0);
  t.equal(gpio.read(1), 1);
  t.same(driven, ['1=0@7', '1=1@7']);
});

t.test('an open drain pulls down or lets go', async (t) => {
  const { gpio } = make();
  gpio.setMode(1, PIN_MODE.OPEN_DRAIN);
  gpio.write(1, 1);
  gpio.setExternal(1, 0);
  t.equal(gpio.read(1), 0);
  gpio.setExternal(1, 1);
  t.equal(gpio.read(1), 1);
  gpio.write(1, 0);
  t.equal(gpio.read(1), 0);
});

t.test('a watcher sees changes of the level only', async (t) => {
  const { gpio } = make();
  const seen: number[] = [];
  gpio.watch(2, { edge: (level) => seen.push(level) });
  gpio.setExternal(2, 1);
  gpio.setExternal(2, 0);
  gpio.setExternal(2, 0);
  gpio.setExternal(2, 1);
  gpio.watch(2, undefined);
  gpio.setExternal(2, 0);
  t.same(seen, [0, 1]);
});

t.test('a reset makes all pins inputs and keeps what the world applies', async (t) => {
  const { gpio, driven } = make();
  gpio.setExternal(3, 0);
  gpio.setMode(3, PIN_MODE.OUTPUT);
  gpio.write(3, 1);
  gpio.write(3, 0);
  gpio.reset();
  t.equal(gpio.mode(3), PIN_MODE.INPUT);
  t.equal(gpio.read(3), 0);
  t.equal(driven.at(-1), '3=1@7', 'nothing is driven any more');
});

t.test('a wire sees what is driven, and pulls the line down by itself', async (t) => {
  const { gpio } = make();
  const seen: string[] = [];
  let level: 0 | 1 = 1;
  gpio.connect(1, { driven: (pin, now, at) => seen.push(`${pin}=${now}@${at}`), level: () => level });
  gpio.write(1, 0);
  t.equal(gpio.read(1), 0);
  gpio.release(1);
  t.equal(gpio.read(1), 1);
  level = 0;
  t.equal(gpio.read(1), 0);
  gpio.write(1, 1);
  t.equal(gpio.read(1), 1, 'an output is stronger');
  t.same(seen, ['1=0@7', '1=1@7']);
});

t.test('pulses are told once, and end with the mode', async (t) => {
  const told: string[] = [];
  const gpio = new Gpio({
    now: () => us(1500),
    driven: () => {},
    modulated: (pin, frequency, duty) => told.push(`${pin} ${frequency} ${duty}`),
  });
  gpio.setMode(1, PIN_MODE.OUTPUT);
  gpio.modulate(1, { frequency: 500, duty: 0.25 });
  t.equal(gpio.read(1), 0, 'three quarters into a period');
  gpio.modulate(1, { frequency: 500, duty: 0.9 });
  t.equal(gpio.read(1), 1);
  gpio.setMode(1, PIN_MODE.OUTPUT);
  t.equal(gpio.pulses(1), undefined);
  t.same(told, ['1 500 0.25', '1 500 0.9', '1 0 0']);
});

t.test('writing to an input makes it an output, and to an open drain does not', async (t) => {
  const { gpio, driven } = make();
  gpio.setExternal(1, 0);
  gpio.write(1, 1);
  t.equal(gpio.mode(1), PIN_MODE.OUTPUT);
  t.equal(gpio.read(1), 1);
  t.same(driven, [], 'what nothing drives is already 1');
  gpio.setMode(2, PIN_MODE.OPEN_DRAIN);
  gpio.write(2, 1);
  t.equal(gpio.mode(2), PIN_MODE.OPEN_DRAIN);
});

t.test('a watcher sees what the program itself writes', async (t) => {
  const { gpio } = make();
  const seen: number[] = [];
  gpio.setMode(2, PIN_MODE.INTERRUPT);
  gpio.watch(2, { edge: (level) => seen.push(level) });
  gpio.write(2, 1);
  gpio.write(2, 0);
  gpio.write(2, 0);
  gpio.write(2, 1);
  t.same(seen, [0, 1]);
});

t.test('D8 reads low on every board, until something is wired to it', async (t) => {
  const { gpio } = make();
  t.equal(gpio.read(8), 0);
  t.equal(gpio.read(7), 1);
  gpio.connect(8, { level: () => 1 });
  t.equal(gpio.read(8), 1);
});
