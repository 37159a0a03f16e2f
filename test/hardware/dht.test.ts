import t from 'tap';
import { us } from '../../runtime/core/index.ts';
import { Dht } from '../../runtime/hardware/dht.ts';

t.test('a DHT22 sends tenths with a sign', async (t) => {
  const sensor = new Dht('dht22', { pin: 1, temperature: -10.1, humidity: 65.2 });
  t.same(sensor.frame(), [0x02, 0x8c, 0x80, 0x65, 0x73]);
  sensor.temperature = 35.1;
  t.same(sensor.frame(), [0x02, 0x8c, 0x01, 0x5f, 0xee], 'the example of its data sheet');
});

t.test('a DHT11 sends whole percent, and degrees with a decimal', async (t) => {
  t.same(new Dht('dht11', { pin: 1, temperature: 24.4, humidity: 53 }).frame(), [53, 0, 24, 4, 81]);
  t.same(new Dht('dht11', { pin: 1, temperature: -3.2, humidity: 40 }).frame(), [40, 0, 3, 0x82, 0xad]);
});

/** Lengths of the levels on the line after a start pulse of that length, in microseconds. */
function levels(sensor: Dht, pulse: number): number[] {
  sensor.driven(1, 0, us(1000));
  sensor.driven(1, 1, us(1000 + pulse));
  const out: number[] = [];
  let last = 1;
  let length = 0;
  for (let at = 1000 + pulse; at < 1000 + pulse + 8000; at++) {
    const level = sensor.level(1, us(at));
    if (level !== last) {
      out.push(length);
      length = 0;
      last = level;
    }
    length++;
  }
  return out;
}

t.test('a start pulse is answered by 80 us low, 80 us high and 40 bits', async (t) => {
  const seen = levels(new Dht('dht22', { pin: 1, temperature: 0, humidity: 51.2 }), 1000);
  t.equal(seen.length, 1 + 2 + 80 + 1);
  t.same(seen.slice(0, 5), [30, 80, 80, 50, 26]);
  t.same(seen.slice(3 + 6 * 2, 3 + 7 * 2), [50, 70], 'the seventh bit is 1');
});

t.test('too short a pulse, or a sensor that is not there, is silence', async (t) => {
  t.same(levels(new Dht('dht22', { pin: 1 }), 500), []);
  t.same(levels(new Dht('dht11', { pin: 1 }), 10_000), []);
  const dead = new Dht('dht22', { pin: 1 });
  dead.alive = false;
  t.same(levels(dead, 18_000), []);
});

t.test('a corrupt sensor has a wrong sum', async (t) => {
  const sensor = new Dht('dht22', { pin: 1 });
  const good = sensor.frame();
  sensor.corrupt = true;
  t.same(sensor.frame().slice(0, 4), good.slice(0, 4));
  t.not(sensor.frame()[4], good[4]);
});
