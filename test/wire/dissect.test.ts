import fc from 'fast-check';
import t from 'tap';
import { dissectFrame } from '../../runtime/wire/dissect.ts';
import type { Field } from '../../runtime/wire/dissect-field.ts';
import { SAMPLES } from '../helpers/sample-frames.ts';

const flat = (fields: readonly Field[]): Field[] => fields.flatMap((one) => [one, ...flat(one.fields ?? [])]);

const lines = (fields: readonly Field[]): string[] =>
  flat(fields).map(({ label, value }) => `${label}${value === '' ? '' : `: ${value}`}`);

for (const { what, frame } of SAMPLES) {
  t.test(`the layers of ${what} follow one another, and each field lies in its layer`, async (t) => {
    const layers = dissectFrame(frame);
    t.equal(layers[0]?.from, 0);
    for (const [i, layer] of layers.entries()) {
      if (i > 0) t.equal(layer.from, layers[i - 1]?.to, layer.label);
      for (const { label, from, to } of layer.fields ?? [])
        t.ok(from >= layer.from && to <= layer.to && from <= to, `${layer.label}, ${label}`);
    }
    t.ok((layers.at(-1)?.to ?? 0) <= frame.length);
  });
}

t.test('a SYN has the names and values of Wireshark', async (t) => {
  const { frame = new Uint8Array(0) } = SAMPLES.find(({ what }) => what === 'a SYN') ?? {};
  const shown = lines(dissectFrame(frame));
  for (const line of ['Ethernet II', 'Type: IPv4 (0x0800)', 'Protocol: TCP', 'Flags: 0x02 (SYN)'])
    t.ok(shown.includes(line), line);
});

t.test('a wrong header checksum is said', async (t) => {
  const { frame = new Uint8Array(0) } = SAMPLES.find(({ what }) => what === 'a SYN') ?? {};
  const bad = frame.slice();
  bad[24] = (bad[24] ?? 0) ^ 1;
  t.match(lines(dissectFrame(bad)).join('\n'), /Header Checksum: 0x[0-9a-f]{4} \(wrong\)/);
});

t.test('HTTP is shown line by line, its body as bytes', async (t) => {
  const text = 'GET /led?on=1 HTTP/1.1\r\nHost: esp\r\n\r\nbody';
  const { frame = new Uint8Array(0) } = SAMPLES.find(({ what }) => what === 'a SYN') ?? {};
  // The SYN without its options, with this text behind it.
  const bytes = new Uint8Array([...frame.subarray(0, 54), ...new TextEncoder().encode(text)]);
  bytes[46] = 0x50;
  bytes[16] = 0;
  bytes[17] = 40 + text.length;
  const shown = lines(dissectFrame(bytes));
  t.same(shown.slice(-4), [
    'Hypertext Transfer Protocol',
    'GET /led?on=1 HTTP/1.1',
    'Host: esp',
    'Data: 4 bytes: body',
  ]);
});

t.test('whatever comes, it is taken apart', async () => {
  const frames = SAMPLES.map(({ frame }) => frame);
  fc.assert(
    fc.property(
      fc.constantFrom(...frames),
      fc.nat(1600),
      fc.array(fc.tuple(fc.nat(100), fc.nat(255))),
      (frame, cut, flips) => {
        const bytes = frame.slice(0, cut);
        for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
        for (const { from, to } of flat(dissectFrame(bytes)))
          if (from > to || to > bytes.length + 400) throw new Error('outside');
      },
    ),
    { numRuns: 500 },
  );
});
