/** What it costs to call a Lua function from JavaScript: nothing handed over, and the payload of a full segment. Measured bundled. */
import { fileURLToPath } from 'node:url';
import { LuaFactory } from 'wasmoon';
import { useLatin1Decoder } from '../runtime/index.ts';
import { createLua, type LuaInput } from '../runtime/vm/index.ts';
import { runBundled } from './bundled.ts';
import type { Row } from './row.ts';

const HERE = fileURLToPath(import.meta.url);

const CALLS = 20_000;
const ROUNDS = 9;
/** Data of a TCP segment on Ethernet. */
const PAYLOAD = 1460;

/** Fastest of some rounds, in µs a call. */
function perCall(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    for (let i = 0; i < CALLS; i++) run();
    best = Math.min(best, ((performance.now() - started) * 1000) / CALLS);
  }
  return best;
}

/** A protected callback, as events of a device make it. */
function callback(source: string, args: readonly LuaInput[]): number {
  const lua = createLua(
    { write: () => {}, readFile: () => undefined, onError: () => {}, random: () => 0.5 },
    { version: '5.1' },
  );
  const loaded = lua.load(source, '=bench');
  if (!loaded.ok) throw new Error(loaded.message);
  const [value] = lua.call(loaded.chunk, [], 1);
  if (typeof value !== 'object') throw new Error('no function');
  const fn = value.ref();
  return perCall(() => {
    lua.budget = 1e9;
    lua.pcallx(fn, args);
  });
}

async function measure(): Promise<Row[]> {
  const engine = await new LuaFactory().createEngine();
  engine.doStringSync('function empty() end function receive(c) n = #c end');
  const empty: () => unknown = engine.global.get('empty');
  const receive: (payload: string) => unknown = engine.global.get('receive');
  const text = 'x'.repeat(PAYLOAD);
  const payload = new Uint8Array(PAYLOAD).fill(120);
  const source = 'return function(c) n = #c end';
  useLatin1Decoder((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  const inNode = callback(source, [payload]);
  useLatin1Decoder(undefined);
  const versus = (mine: number, theirs: number) =>
    `wasmoon ${theirs.toFixed(2)} us, ${(mine / theirs).toFixed(2)} times`;
  const bare = callback('return function() end', []);
  const other = perCall(() => receive(text));
  const portable = callback(source, [payload]);
  return [
    { name: 'Lua: callback', value: bare, unit: 'us', versus: versus(bare, perCall(empty)) },
    { name: `Lua: callback with ${PAYLOAD} bytes, in Node`, value: inNode, unit: 'us', versus: versus(inNode, other) },
    {
      name: `Lua: callback with ${PAYLOAD} bytes, in a page`,
      value: portable,
      unit: 'us',
      versus: versus(portable, other),
    },
  ];
}

export const luaCallBench = (): Row[] => runBundled(HERE) as Row[];

if (process.argv[1] === HERE) console.log(JSON.stringify(await measure()));
