import fc from 'fast-check';
import t from 'tap';
import { JsonScanner } from '../../bindings/nodemcu/sjson-scanner.ts';

/** Builds what was scanned, to compare with another parser. */
function scan(pieces: readonly string[], levels = 20) {
  const stack: unknown[] = [[]];
  const keys: (string | undefined)[] = [undefined];
  const put = (value: unknown) => {
    const parent = stack.at(-1);
    if (Array.isArray(parent)) parent.push(value);
    else Object.defineProperty(parent, keys.at(-1) ?? '', { value, enumerable: true, configurable: true });
  };
  const scanner = new JsonScanner(
    {
      open: (kind) => {
        const value = kind === '[' ? [] : {};
        put(value);
        stack.push(value);
        keys.push(undefined);
      },
      close: () => {
        stack.pop();
        keys.pop();
      },
      key: (name) => {
        keys[keys.length - 1] = name;
      },
      value: (value) => put(value === undefined ? null : value),
    },
    levels,
  );
  let error: string | undefined;
  for (const piece of pieces) error = scanner.feed(piece);
  return { error, complete: scanner.complete, value: (stack[0] as unknown[])[0] };
}

t.test('valid documents give what JSON.parse gives, whole or in single characters', async (t) => {
  const leaf = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
  );
  const document = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('node'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.array(document.node, { maxLength: 5 }), fc.integer({ min: 0, max: 2 }), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      for (const pieces of [[text], [...text]]) {
        const got = scan(pieces);
        t.ok(got.complete);
        t.equal(JSON.stringify(got.value), JSON.stringify(JSON.parse(text)));
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

t.test('it never throws and errors are final', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...'{}[]",:\\-+.0123eEtrufalsn \n\0x'), { maxLength: 40 }), (characters) => {
      const { error } = scan([characters.join(''), ']']);
      t.type(error ?? '', 'string');
    }),
    { seed: 1, numRuns: 500 },
  );
});

t.test('each mistake has its name', async (t) => {
  for (const [text, name] of [
    ['x', 'SPECIAL_EXPECTED'],
    ['\0', 'FOUND_NULL_BYTE'],
    ['\x01', 'WEIRD_WHITESPACE'],
    ['["a\n"]', 'WEIRD_WHITESPACE'],
    ['"a"', 'STRING_OUTSIDE_CONTAINER'],
    ['\\', 'ESCAPE_OUTSIDE_STRING'],
    ['["\\x"]', 'ESCAPE_INVALID'],
    ['[:', 'STRAY_TOKEN'],
    ['[,', 'STRAY_TOKEN'],
    ['{"a" "b"', 'MISSING_TOKEN'],
    ['{"a":1 "b"', 'STRAY_TOKEN'],
    ['{1', 'HKEY_EXPECTED'],
    ['{[', 'HKEY_EXPECTED'],
    ['[1 2', 'CANT_INSERT'],
    ['[1,]', 'TRAILING_COMMA'],
    ['{"a"}', 'VALUE_EXPECTED'],
    ['[}', 'BRACKET_MISMATCH'],
    ['[truth', 'SPECIAL_EXPECTED'],
    ['[nul]', 'SPECIAL_INCOMPLETE'],
    ['[1.2.3', 'INVALID_NUMBER'],
    ['[-]', 'INVALID_NUMBER'],
    ['[01', 'INVALID_NUMBER'],
  ] as const) {
    t.equal(scan([text]).error, name, JSON.stringify(text));
  }
  t.equal(scan(['[[[['], 4).error, 'LEVELS_EXCEEDED');
});

t.test('two strings in a list need no comma', async (t) => {
  t.same(scan(['["a" "b"]']).value, ['a', 'b']);
});

t.test('escapes become UTF-8, halves of a pair question marks', async (t) => {
  t.same(scan(['["\\u00e9\\u20ac\\ud83d\\ude00\\b\\/"]']).value, ['\xc3\xa9\xe2\x82\xac??\b/']);
});
