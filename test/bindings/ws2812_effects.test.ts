import t from 'tap';
import { PixelStrip } from '../../runtime/hardware/index.ts';
import { Esp } from '../helpers/esp.ts';

function make(leds = 4) {
  const esp = new Esp();
  const strip = esp.device.hardware.attach(new PixelStrip('ws2812', { leds }));
  esp.lua(
    `b = ws2812.newBuffer(${leds}, 3) ws2812_effects.init(b)`,
    'ws2812_effects.set_brightness(255) ws2812_effects.set_speed(255) ws2812_effects.set_color(0, 255, 0)',
  );
  return { esp, strip };
}

t.test('init warns that the module will go', async (t) => {
  t.match(
    new Esp().lua('ws2812_effects.init(pixbuf.newBuffer(1, 3))')[0],
    /^Warning, deprecated API! ws2812_effects\./,
  );
});

t.test('blinking goes on and off at the pace of its speed', async (t) => {
  const { esp, strip } = make(1);
  esp.lua('ws2812_effects.set_mode("blink") ws2812_effects.start()');
  const seen: string[] = [];
  for (let i = 0; i < 4; i++) {
    esp.run(10);
    seen.push(strip.look());
  }
  t.same(seen, ['#000000', '#ff0000', '#000000', '#ff0000']);
  esp.lua('ws2812_effects.stop()');
  const { frames } = strip;
  esp.run(1000);
  t.equal(strip.frames, frames);
});

t.test('a scanner leaves a trail', async (t) => {
  const { esp, strip } = make();
  esp.lua('ws2812_effects.set_mode("larson_scanner") ws2812_effects.start()');
  esp.run(20);
  t.equal(strip.look(), '#3f0000 #ff0000 #000000 #000000');
});

t.test('patterns move along', async (t) => {
  const { esp, strip } = make();
  esp.lua('ws2812_effects.set_mode("halloween") ws2812_effects.start()');
  esp.run(10);
  t.equal(strip.look(), '#ff0082 #ff3200 #ff3200 #ff0082');
});

t.test('gradients', async (t) => {
  const { esp, strip } = make();
  esp.lua('ws2812_effects.set_mode("gradient_rgb", "\\0\\0\\0\\90\\0\\30")');
  t.equal(strip.look(), '#000000 #001e0a #003c14 #005a1e');
  esp.lua('ws2812_effects.set_mode("gradient", "\\0\\255\\0\\255\\0\\0")');
  t.match(
    strip.colors,
    ['ff0000', /^ff[ab]/, /^[ab].ff/, '00ff00'].map((p) => (typeof p === 'string' ? p : /./)),
  );
});

t.test('a gradient from grey keeps its hue of -1', async (t) => {
  const { esp, strip } = make(2);
  esp.lua('ws2812_effects.set_mode("gradient", "\\10\\10\\10\\20\\20\\20")');
  t.equal(strip.look(), '#0a0909 #0a0909');
});

t.test('colours of the wheel have green and red exchanged', async (t) => {
  const { esp } = make(3);
  const look = 'print(b:get(1)) print(b:get(2)) print(b:get(3))';
  t.same(esp.lua('ws2812_effects.set_mode("rainbow")', 'print(b:get(2))'), ['255\t0\t0']);
  const thirds = ['255\t0\t0', '0\t255\t0', '0\t0\t255'];
  t.same(esp.lua('ws2812_effects.set_mode("rainbow_cycle")', look), thirds);
});

t.test('set_delay returns its last argument as it is', async (t) => {
  t.same(make().esp.lua('print(ws2812_effects.set_delay(20.5), ws2812_effects.set_delay(20, "x"))'), ['20.5\tx']);
});

t.test('speed sets the delay of the next picture, a delay replaces the speed', async (t) => {
  const { esp } = make();
  t.same(
    esp.lua(
      'print(ws2812_effects.get_speed(), ws2812_effects.get_delay())',
      'print(ws2812_effects.set_delay(20), ws2812_effects.get_speed(), ws2812_effects.get_delay())',
    ),
    ['255\t10', '20\t0\t20'],
  );
});

t.test('every effect runs', async (t) => {
  const { esp } = make();
  for (const effect of [
    'static',
    'random_color',
    'rainbow',
    'rainbow_cycle',
    'flicker',
    'fire',
    'fire_soft',
    'fire_intense',
    'circus_combustus',
    'cycle',
    'color_wipe',
    'random_dot',
  ]) {
    t.same(esp.lua(`ws2812_effects.set_mode("${effect}", 2) ws2812_effects.start()`), [], effect);
    esp.run(300);
    t.same(esp.lines(), []);
  }
});

t.test('errors', async (t) => {
  for (const call of [
    'set_color(1, 1, 1)',
    'get_speed()',
    'set_speed(1)',
    'get_delay()',
    'set_delay(1)',
    'start()',
    'stop()',
    'set_mode("x")',
    'set_brightness(1)',
  ]) {
    const name = call.replace(/\(.*/, '');
    t.equal(new Esp().error(`ws2812_effects.${call}`), `bad argument #1 to '${name}' (please call init() first)`);
  }
  const ready = (call: string): string =>
    `(function() ws2812_effects.init(pixbuf.newBuffer(2, 3)) ws2812_effects.${call} end)()`;
  const rows = [
    ['set_speed(256)', "bad argument #1 to 'set_speed' (should be 0-255)"],
    ['set_brightness(-1)', "bad argument #1 to 'set_brightness' (should be 0-255)"],
    ['set_delay(9)', "bad argument #1 to 'set_delay' (must be equal / larger than 10)"],
    ['set_mode("x")', "bad argument #1 to 'set_mode' (invalid option 'x')"],
    ['set_mode("gradient")', "bad argument #2 to 'set_mode' (string expected)"],
    [
      'set_mode("gradient", "123")',
      "bad argument #2 to 'set_mode' (must be at least two colors and same size as buffer colors)",
    ],
  ] as const;
  for (const [call, message] of rows) {
    const lines = new Esp().lua(`print(pcall(function() return ${ready(call)} end))`);
    t.match(lines.at(-1), message);
  }
});
