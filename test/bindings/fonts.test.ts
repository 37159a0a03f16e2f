import t from 'tap';
import { fontNamed } from '../../bindings/nodemcu/fonts.ts';

t.test('names of the libraries lead to fonts, and what they do not have to none', async (t) => {
  for (const name of ['font_6x10', 'font_6x10_tf', 'font_6x10r', 'font_6x10_mn'])
    t.equal(fontNamed(name)?.name, '6x10');
  t.equal(fontNamed('font_7x13B_tr')?.name, '7x13B');
  t.equal(fontNamed('font_chikita')?.name, '4x6', 'the nearest');
  t.equal(fontNamed('font_99x99_tf'), undefined);
  t.equal(fontNamed('font_none'), undefined);
});

t.test('glyphs have tight boxes', async (t) => {
  const font = fontNamed('font_6x10_tf');
  const g = font?.glyph(0x67);
  t.match(g, { advance: 6, x: 0, y: -2, width: 5, height: 7 });
  t.equal(g?.lit(0, 0), false);
  t.equal(g?.lit(1, 0), true);
  t.match(font?.glyph(0x20), { advance: 6, width: 0 });
  t.equal(font?.glyph(0xb0)?.advance, 6, 'Latin-1');
  t.equal(font?.glyph(0x7f), undefined);
  t.equal(fontNamed('font_5x8_tf')?.glyph(0xb0), undefined);
});
