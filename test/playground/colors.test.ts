/** The page can be read: contrasts by WCAG 2.2 (1.4.3 for text, 1.4.11 for the ring around what has the focus). */
import { readFileSync } from 'node:fs';
import t from 'tap';

const CSS = readFileSync(new URL('../../playground/style/base.css', import.meta.url), 'utf8');
const TEXT = 4.5;
const RING = 3;

/** Colours by name, for light and for dark. */
const colors = new Map(
  [...CSS.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(([, name = '', light = '', dark = '']) => [
    name,
    [light, dark] as const,
  ]),
);

/** Relative luminance of `#rrggbb`, by the definition of WCAG. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Pairs that are below. */
const below = (names: readonly string[], grounds: readonly string[], least: number): string[] =>
  names.flatMap((name) =>
    grounds.flatMap((ground) =>
      [0, 1].flatMap((scheme) => {
        const value = contrast(colors.get(name)?.[scheme] ?? '', colors.get(ground)?.[scheme] ?? '');
        return value >= least ? [] : [`${name} on ${ground}, ${scheme === 0 ? 'light' : 'dark'}: ${value.toFixed(2)}`];
      }),
    ),
  );

t.test('words stand out from what they stand on, in light and dark', async (t) => {
  t.ok(colors.size > 20);
  const code = [...colors.keys()].filter((name) => /^(code|p)-/.test(name));
  t.same(below(['text', 'muted'], ['ground', 'panel', 'raised', 'wash', 'line'], TEXT), []);
  t.same(below(['faint', 'bad', ...code], ['panel', 'line'], TEXT), []);
  t.same(below(['accent'], ['panel', 'raised'], TEXT), []);
  t.same(below(['on-accent'], ['accent'], TEXT), []);
});

t.test('the ring around what has the focus is seen', async (t) => {
  t.same(below(['accent'], ['ground', 'panel', 'raised', 'wash'], RING), []);
});
