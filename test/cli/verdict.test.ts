import t from 'tap';
import { watch } from '../../cli/values.ts';
import { Verdict } from '../../cli/verdict.ts';
import { type Micros, ms } from '../../runtime/index.ts';
import { story } from '../helpers/story.ts';

function watching(text: string) {
  const parsed = watch(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
}

t.test('nothing is said about a run while it goes well', async (t) => {
  const { world, device } = story('print("hello")');
  const verdict = new Verdict(device, { seed: 1 });
  world.runFor(ms(500));
  t.equal(verdict.known, false);
  t.equal(verdict.outcome(world.now), undefined);
  t.same(verdict.atEnd('over'), { code: 0 });
});

t.test('a forbidden text wins over an expected one that comes with it', async (t) => {
  const { world, device } = story('print("hello")');
  const verdict = new Verdict(device, { seed: 1, expect: watching('hello'), fail: watching('hell') });
  world.runUntil(() => verdict.known, ms(500));
  t.match(verdict.outcome(world.now), { code: 1, message: /^the console printed 'hell' \(at 0\.\d+ s, seed 1\)$/ });
});

t.test('a failure counts when the device has had time to print about it', async (t) => {
  const { world, device, said } = story('tmr.create():alarm(1000, 0, function() error("boom") end)');
  const verdict = new Verdict(device, { seed: 3 });
  let failed = false;
  device.events.on('scriptError', () => {
    failed = true;
  });
  world.runUntil(() => failed, ms(5000));
  t.equal(verdict.outcome(world.now), undefined);
  world.runFor(ms(300));
  t.match(said(), /boom/);
  t.match(verdict.outcome(world.now), {
    code: 1,
    message: /^script error: init\.lua:1: boom \(at 1\.\d+ s, seed 3\)$/,
  });
});

t.test('the next boot settles a failure, and only the first failure is told', async (t) => {
  const { world, device } = story('tmr.create():alarm(10, 0, function() while true do end end)');
  const verdict = new Verdict(device, { seed: 1 });
  world.runUntil(() => verdict.known, ms(20_000));
  t.match(verdict.outcome(world.now), { message: /^watchdog reset/ });
  device.events.emit('scriptError', 'later', 0 as Micros);
  t.match(verdict.atEnd('over'), { message: /^watchdog reset/ });
});

t.test('a timeout tells what was missing', async (t) => {
  const { device } = story('');
  t.match(new Verdict(device, { seed: 1 }).timeout(42, 3e6), {
    code: 42,
    message: /^timeout: after 3 s the run had not ended/,
  });
  const verdict = new Verdict(device, { seed: 1, expect: watching('x') });
  t.match(verdict.timeout(7, 500_000), { code: 7, message: /^timeout: after 0\.5 s the console had not printed 'x'/ });
});

t.test('syntax errors fail a run, errors that the script itself handles do not', async (t) => {
  const outcome = (init: string) => {
    const { world, device } = story(init);
    const verdict = new Verdict(device, { seed: 1 });
    world.runFor(ms(3000));
    return verdict.atEnd('over');
  };
  t.match(outcome('x = = 1'), { code: 1, message: /^script error: init\.lua:1: unexpected symbol near '='/ });
  const raise = 'node.task.post(function() error("boom") end)';
  t.match(outcome(raise), { code: 1, message: /^script error: init\.lua:1: boom/ });
  t.same(outcome(`node.setonerror(function() end) ${raise}`), { code: 0 });
  t.match(outcome('node.input("x = = 1\\n")'), { code: 1, message: /^script error: stdin:1: unexpected symbol/ });
});
