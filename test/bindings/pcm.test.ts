import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

const PLAYER = `
  left = { ("\\128"):rep(4000), ("\\200"):rep(4000) }
  d = pcm.new(pcm.SD, 1)
  d:on("data", function() return table.remove(left, 1) end)
  d:on("drained", function() print("drained", tmr.now() - start) end)
  d:on("vu", function(_, peak) print("vu", peak) end, 4)
  d:on("paused", function() print("paused") end)
  d:on("stopped", function() print("stopped") end)
  start = tmr.now()`;

t.test('pieces are fetched and played at their rate, with their level, and then it is drained', async (t) => {
  const esp = new Esp();
  esp.lua(PLAYER, 'd:play(pcm.RATE_8K)');
  t.same(esp.run(900).lines(), ['vu\t0', 'vu\t0', 'vu\t72']);
  t.same(esp.run(200).lines(), ['vu\t72', 'drained\t1000250']);
  esp.lua('left = { ("x"):rep(80) } d:play()');
  t.match(esp.run(20).lines(), [/^drained/], 'it can play again');
});

t.test('pause keeps what waits, stop forgets it', async (t) => {
  const esp = new Esp();
  esp.lua(PLAYER, 'd:on("vu") d:play(pcm.RATE_8K)');
  esp.run(100);
  t.same(esp.lua('d:pause()'), ['paused']);
  t.same(esp.run(2000).lines(), []);
  esp.lua('d:play(pcm.RATE_8K)');
  t.match(esp.run(1100).lines(), [/^drained/]);
  esp.lua('left = { ("x"):rep(8000) } d:play(pcm.RATE_8K)');
  esp.run(10);
  t.same(esp.lua('d:stop() d:close()'), ['stopped']);
  t.same(esp.run(2000).lines(), []);
});

t.test('stop and pause before the first play give nil to their callbacks', async (t) => {
  const lua = 'd = pcm.new(pcm.SD, 1) d:on("stopped", print) d:on("paused", print) d:stop() d:pause()';
  t.same(new Esp().lua(lua), ['nil', 'nil']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['pcm.new(1, 1)', "bad argument #1 to 'new' (invalid driver)"],
    ['pcm.new(pcm.SD, 0)', 'sigma_delta 0 does not exist'],
    ['pcm.new(pcm.SD, 1):play(9)', "bad argument #1 to 'play' (invalid bit rate)"],
    ['pcm.new(pcm.SD, 1):on("x", print)', 'method not supported'],
    ['pcm.new(pcm.SD, 1):on("vu", print, 0)', "bad argument #3 to 'on' (invalid range)"],
  ]);
});
