/** In a real Chromium: the decoder of that name in Node makes other letters. */
import { build } from 'esbuild';
import t from 'tap';
import { Visitor } from '../../helpers/chromium.ts';
import { missing } from '../../helpers/programs.ts';

/** The decoder as the page has it, with what must come of each piece. */
const PAGE = `
import { browserLatin1 } from './playground/world/latin1.ts';
import { toLatin1, useLatin1Decoder } from './runtime/core/index.ts';
const decode = browserLatin1();
useLatin1Decoder(decode);
const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const texts = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
const wrong = [];
for (const byte of all)
  for (const other of [0x41, 0x80, 0x81, 0xff])
    for (const place of [37, 300]) {
      const piece = new Uint8Array(310).fill(other);
      piece[place] = byte;
      if (toLatin1(piece) !== texts(piece)) wrong.push([byte, other, place]);
    }
const alone = (byte) => decode(new Uint8Array(200).fill(0x41).fill(byte, 190)) !== undefined;
globalThis.found = { all: toLatin1(all) === texts(all), wrong, left: [...all].filter((byte) => !alone(byte)) };`;

t.test('each of the 256 bytes is the character of its number', { skip: missing('chromium') }, async (t) => {
  const root = new URL('../../..', import.meta.url).pathname;
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir: root },
    bundle: true,
    format: 'iife',
    write: false,
  });
  const page = await (await Visitor.come(t)).open('about:blank');
  await page.evaluate(outputFiles[0]?.text ?? '');
  const { all, wrong, left } = (await page.evaluate('found')) as { all: boolean; wrong: number[][]; left: number[] };
  t.ok(all, 'all of them in a row');
  t.same(wrong, [], 'each among others');
  t.equal(left.length, 27, 'left to us are those that the browser has letters for');
  t.ok(left.every((byte) => byte >= 0x80 && byte < 0xa0));
});
