import t from 'tap';
import { makePart, PART_KINDS } from '../../runtime/hardware/catalogue.ts';
import type { Dht } from '../../runtime/hardware/dht.ts';
import type { I2cRegisters } from '../../runtime/hardware/i2c-registers.ts';

const message = (text: string): string => {
  const result = makePart(text);
  return result.ok ? 'no error' : result.message;
};

t.test('a part by its name and attributes', async (t) => {
  const result = makePart('dht22:pin=2,temperature=-3.5,humidity=45');
  if (!result.ok) throw new Error(result.message);
  const { kind, pin, temperature, humidity } = result.part as Dht;
  t.same({ kind, pin, temperature, humidity }, { kind: 'dht22', pin: 2, temperature: -3.5, humidity: 45 });
});

t.test('registers of any I2C device', async (t) => {
  const result = makePart('i2c:address=104,0x00=21,0x75=104');
  if (!result.ok) throw new Error(result.message);
  const { address, registers } = result.part as I2cRegisters;
  t.same([address, registers[0], registers[0x75]], [104, 21, 104]);
});

t.test('every kind can be made', async (t) => {
  const needs = (kind: string): string => {
    if (/^(led|button|d)/.test(kind)) return 'pin=1';
    if (kind === 'hx711') return 'clock=1,data=2';
    if (kind === 'xpt2046') return 'cs=8,irq=1';
    if (kind === 'wiegand') return 'd0=1,d1=2';
    return /^(ili|st7)/.test(kind) ? 'cs=8,dc=4' : '';
  };
  for (const kind of PART_KINDS) t.equal(message(`${kind}:${needs(kind)}`), 'no error');
});

t.test('mistakes', async (t) => {
  t.match(message('toaster:pin=1'), "'toaster' is not a part; there are button, led, dht11");
  t.equal(message('dht22'), 'dht22 needs pin=');
  t.equal(message('led:pin=13'), 'pin of led goes from 0 to 12, not 13');
  t.equal(message('led:pin=x'), "pin of led is not a number: 'x'");
  t.equal(message('led:pin=1,color=red'), "led has no 'color'; it takes pin, active");
  t.equal(message('bme280:sda=1'), 'bme280 needs scl=');
  t.equal(message('button:pin=3,press=soon'), "press of button is not a time: 'soon'; write 500ms or 2s");
});
