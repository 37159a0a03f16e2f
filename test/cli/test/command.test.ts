import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Io } from '../../../cli/io.ts';
import { mcubox } from '../../../cli/mcubox.ts';

// Each run begins processes of its own, and most of the time is their start.
t.jobs = 3;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...args: readonly string[]): Promise<Ran> {
  let [out, err] = ['', ''];
  const io: Io = {
    out: async (bytes) => {
      out += Buffer.from(bytes).toString();
      return true;
    },
    err: (line) => {
      err += `${line}\n`;
    },
    onInterrupt: () => () => {},
  };
  const code = await mcubox(['test', ...args], io);
  return { code, out, err };
}

const folder = (t: Test) =>
  t.testdir({
    'good.lua': 'print("hello")',
    'good.expect': '> dofile("good.lua")\nhello\n> ',
    'bad.lua': 'print("hello")\nprint("there")',
    'bad.expect': '> dofile("bad.lua")\nhello\nworld\n> ',
    'slow.scenario.yaml': 'steps:\n  - wait-serial: never\n    within: 1s\n',
    'typo.scenario.yaml': 'steps:\n  - wait-serail: x\n',
    'random.lua': '-- Run: mcubox run random.lua --seed 5\nprint(node.random(1, 1000000))',
    'random.expect': '> dofile("random.lua")\n{{/\\d+/}}\n> ',
    'helper.lua': 'return 1',
  });

t.test('TAP 14 on stdout, and 1 for a failed test', async (t) => {
  const dir = folder(t);
  const { code, out, err } = await run('--filter', '/(good|bad)/', dir);
  t.equal(code, 1);
  t.match(out, /^TAP version 14\n1\.\.2\nnot ok 1 - .*bad\.lua # time=\d+ms\n {2}---\n/);
  t.match(out, /difference: \|[-\d]*\n +> dofile\("bad.lua"\)\n +hello\n +- world\n +\+ there\n/);
  t.match(out, /repeat: mcubox test .*bad\.lua --seed 1\n/);
  t.match(out, /\nok 2 - .*good\.lua # time=\d+ms\n# 1 passed, 1 failed\n$/);
  t.match(err, /bad.lua: the console is not as bad.expect says/);
});

t.test('what devices say in UTF-8 is found, compared and reported as such', async (t) => {
  const dir = t.testdir({
    'a.lua': 'print("über")',
    'b.lua': 'print("öl")',
    'b.expect': '> dofile("b.lua")\näl\n> ',
    's.scenario.yaml':
      'device: { files: { ü.lua: print("grüße") }, run: ü.lua }\nsteps:\n  - wait-serial: grüß\n  - wait-serial: /^x?[ö]/\n    within: 1s\n',
  });
  await run('--update', join(dir, 'a.lua'));
  t.equal(readFileSync(join(dir, 'a.expect'), 'utf8'), '> dofile("a.lua")\nüber\n> ');
  t.equal((await run(join(dir, 'a.lua'))).code, 0);
  const { code, out } = await run(dir);
  t.equal(code, 1);
  t.match(out, /step: .*x\?\[ö\]/, 'the first step found its text');
  t.match(out, /- äl\n +\+ öl\n/);
  t.match(out, /console: *\n +esp1: [\s\S]*dofile\("ü.lua"\)\n +grüße\n/);
});

t.test('what cannot be written is refused before any test runs', async (t) => {
  const dir = t.testdir({ 'good.lua': 'print(1)', 'good.expect': '', old: 'old' });
  const good = join(dir, 'good.lua');
  for (const [option, path] of [
    ['--reporter', `junit=${dir}`],
    ['--reporter', `junit=${join(dir, 'no', 'x')}`],
    ['--save-capsule', good],
    ['--lib', join(dir, 'none.lua')],
  ] as const)
    t.match(
      await run(good, option, path),
      { code: 2, out: '', err: /^(cannot write|--lib: ).*\n$/ },
      `${option} ${path}`,
    );
  await run(good, '--lib', join(dir, 'none.lua'), '--reporter', `junit=${join(dir, 'old')}`);
  t.equal(readFileSync(join(dir, 'old'), 'utf8'), 'old');
});

t.test('a golden file that cannot be read or written is named, and is 2', async (t) => {
  const dir = t.testdir({ 'a.lua': 'print(1)', 'a.expect': {}, 'b.lua': 'print(1)' });
  t.match(await run(join(dir, 'a.lua')), { code: 2, err: /cannot read .*a\.expect: is a directory\n$/ });
  symlinkSync('no/where', join(dir, 'b.expect'));
  const update = await run('--update', join(dir, 'b.lua'));
  t.match(update, { code: 2, err: /cannot write .*b\.expect: no such file or directory\n$/ });
});

t.test('a broken hole is told with file, line and remedy, and is 2', async (t) => {
  const dir = t.testdir({
    'a.lua': 'print(1)',
    'a.expect': '> dofile("a.lua")\n{{/(/}}\n> ',
    's.scenario.yaml': 'device: { run: a.lua }\nsteps:\n  - delay: 1s\n  - expect-console: { file: a.expect }\n',
    'multi_x.lua': 'function instance0() end',
    'multi_x.expect': '{{/(/}}',
  });
  const hole = /a\.expect:2: '\{\{\/\(\/\}\}' has a hole that is no regular expression; write \{\{any\}\} or/;
  t.match(await run(join(dir, 'a.lua')), { code: 2, err: hole });
  t.match(await run(join(dir, 's.scenario.yaml')), { code: 2, err: hole });
  t.match(await run(join(dir, 'multi_x.lua')), { code: 2, err: /multi_x\.expect:1: / });
});

t.test('0 when all pass, 42 when only time ran out, 2 when a test cannot be understood', async (t) => {
  const dir = folder(t);
  t.equal((await run(join(dir, 'good.lua'))).code, 0);
  t.equal((await run(join(dir, 'slow.scenario.yaml'))).code, 42);
  const typo = await run(join(dir, 'typo.scenario.yaml'));
  t.equal(typo.code, 2);
  t.match(typo.err, "typo.scenario.yaml:2:5: unknown step 'wait-serail'; did you mean 'wait-serial'");
  t.equal((await run(dir)).code, 2);
});

t.test('wrong usage is told in one line', async (t) => {
  const dir = folder(t);
  for (const [args, message] of [
    [['--fliter', 'x'], "unknown option '--fliter'; did you mean '--filter'"],
    [['--seeds', '5..1'], "'5..1' is no range"],
    [['--reporter', 'dots'], "'dots' is not a reporter"],
    [['--update', '--seeds', '1..2'], 'do not go together'],
    [[join(dir, 'missing')], 'no such file or directory'],
    [[join(dir, 'helper.lua')], 'has no .expect beside it'],
    [['--filter', 'zzz', dir], "has 'zzz' in its name"],
  ] as const) {
    const { code, err } = await run(...args);
    t.equal(code, 2);
    t.match(err, message);
  }
});

t.test('the same test under many seeds, or the seed that its command names', async (t) => {
  const dir = folder(t);
  const many = await run('--seeds', '1..3', join(dir, 'random.lua'));
  t.match(many.out, /ok 3 - .*random\.lua \(seed 3\)/);
  t.equal(many.code, 0);
  const path = join(dir, 'random.lua');
  t.match((await run('--update', path)).out, /ok 1/);
  t.match(readFileSync(join(dir, 'random.expect'), 'utf8'), '{{/\\d+/}}', 'the hole is kept');
});

t.test('--update writes the console of a script that is named', async (t) => {
  const dir = folder(t);
  const { code, out } = await run('--update', join(dir, 'helper.lua'), join(dir, 'bad.lua'));
  t.equal(code, 0);
  t.match(out, /# updated .*bad\.expect/);
  t.equal(readFileSync(join(dir, 'helper.expect'), 'utf8'), '> dofile("helper.lua")\n> ');
  t.equal((await run(join(dir, 'bad.lua'))).code, 0);
});

// By itself: every run of this process sees the variable.
t.test('JUnit in a file and annotations for GitHub', { buffered: false }, async (t) => {
  const dir = folder(t);
  process.env.GITHUB_ACTIONS = 'true';
  t.teardown(() => delete process.env.GITHUB_ACTIONS);
  const file = join(dir, 'report.xml');
  const { out } = await run('--reporter', `junit=${file}`, join(dir, 'good.lua'), join(dir, 'slow.scenario.yaml'));
  t.match(out, /\n::error file=[^,]*slow\.scenario\.yaml,line=2,col=5,title=mcubox test::esp1 did not print 'never'/);
  t.ok(existsSync(file));
  const xml = readFileSync(file, 'utf8');
  t.match(xml, /<testsuites name="mcubox" tests="2" failures="1" time="[\d.]+">/);
  t.match(xml, /<failure message="esp1 did not print 'never' within 1 s">/);
});
