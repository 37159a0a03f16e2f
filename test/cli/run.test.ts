import { join } from 'node:path';
import t, { type Test } from 'tap';
import { mcubox } from '../../cli/mcubox.ts';

interface Result {
  readonly code: number;
  /** Console, line ends as `\n`. */
  readonly out: string;
  /** Our own lines. */
  readonly err: readonly string[];
}

/** Runs the command inside this process. `interruptAt`: Ctrl-C as soon as a line of ours contains it. */
async function command(args: readonly string[], interruptAt?: string): Promise<Result> {
  let out = '';
  let interrupt = (): void => {};
  const err: string[] = [];
  const code = await mcubox(args, {
    out: async (bytes) => {
      out += Buffer.from(bytes).toString('latin1').replaceAll('\r', '');
      return true;
    },
    err: (line) => {
      err.push(line);
      if (interruptAt !== undefined && line.includes(interruptAt)) interrupt();
    },
    onInterrupt: (handler) => {
      interrupt = handler;
      return () => {};
    },
  });
  return { code, out, err };
}

/** Runs a script as FILE. */
function script(t: Test, source: string, ...options: string[]): Promise<Result> {
  const dir = t.testdir({ 'test.lua': source });
  return command(['run', join(dir, 'test.lua'), ...options]);
}
const ROOT = new URL('../..', import.meta.url).pathname;

t.test('a script joins, looks a name up, fetches a page, and the run ends by itself with 0', async (t) => {
  const start = performance.now();
  const { code, out, err } = await command(['run', join(ROOT, 'lua-examples/http-get.lua')]);
  t.same([code, err], [0, []]);
  t.match(out, /powered by Lua 5\.1\.4 on SDK .*\ncannot open init\.lua: \n> dofile\("http-get\.lua"\)\n/);
  t.match(out, /"from": "nodemcu"/);
  t.ok(performance.now() - start < 2000, 'within two seconds');
});

t.test('the console is what the UART sends, carriage returns and all', async (t) => {
  let raw = '';
  await mcubox(['run', '-e', 'print("a")'], {
    out: async (bytes) => {
      raw += Buffer.from(bytes).toString('latin1');
      return true;
    },
    err: () => {},
    onInterrupt: () => () => {},
  });
  t.ok(raw.endsWith('> print("a")\r\na\r\n> '), JSON.stringify(raw.slice(-40)));
});

t.test('code is typed line by line, after the FILE', async (t) => {
  const { out } = await script(t, 'x = 41', '-e', 'x = x + 1\nprint(x)', '-e', '=x');
  t.match(out, /> dofile\("test\.lua"\)\n> x = x \+ 1\n> print\(x\)\n42\n> =x\n42\n> $/);
});

t.test('a DIR is booted with its init.lua and nothing is typed', async (t) => {
  const dir = t.testdir({ 'init.lua': 'dofile("lib/a.lua")', lib: { 'a.lua': 'print("from a")' } });
  const { code, out } = await command(['run', dir, '--file', `${join(dir, 'lib/a.lua')}:b.lua`]);
  t.equal(code, 0);
  t.match(out, /on SDK .*\nfrom a\n> $/);
});

t.test('a DIR without init.lua boots, and it is told that nothing runs', async (t) => {
  const dir = t.testdir({ 'main.lua': 'print("never")' });
  const { code, out, err } = await command(['run', dir]);
  t.equal(code, 0);
  t.match(out, /cannot open init\.lua: \n> $/);
  t.same(err, [`${dir} has no init.lua, so nothing runs; mcubox run FILE.lua runs a script after boot`]);
  t.same((await command(['run', dir, '-e', '=1'])).err, []);
});

t.test('wrong usage is one line and 2', async (t) => {
  for (const [args, message] of [
    [['run', 'missing.lua'], 'cannot read missing.lua: no such file or directory'],
    [
      ['run', 'x.lua', '--for', 'soon'],
      "--for: 'soon' is not a duration; write 250ms, 5s, 10m or 24h (a bare number is milliseconds) (mcubox run --help)",
    ],
    [
      ['run', 'x.lua', '--ap', ''],
      '--ap: the SSID is missing; write SSID[,password=…][,channel=…][,bssid=…] (mcubox run --help)',
    ],
    [['run', '-e', 'x', '--pcap', '/nowhere/x.pcap'], 'cannot write /nowhere/x.pcap: no such file or directory'],
    [['run', '-e', 'x'.repeat(256)], '-e: a line of the console has at most 255 characters'],
    [[], 'what shall I do? For example: mcubox run FILE.lua (mcubox --help)'],
  ] as const) {
    const { code, out, err } = await command(args);
    t.same([code, out, err], [2, '', [message]]);
  }
});

t.test('a script that fails ends the run with 1 and one line, after the device has said it its own way', async (t) => {
  for (const [source, said, message] of [
    [
      'x = = 1',
      /Lua error: \ttest\.lua:1: unexpected symbol near '='/,
      /^script error: test\.lua:1: unexpected symbol near '=' \(at \d+\.\d{3} s, seed 1\)$/,
    ],
    ['local a = nil + 1', /Lua error: \ttest\.lua:1: .*\nstack traceback:/, /^script error: test\.lua:1: /],
    [
      'tmr.create():alarm(10, tmr.ALARM_SINGLE, function() error("boom") end)',
      /test\.lua:1: boom\nstack traceback:/,
      /^script error: test\.lua:1: boom \(/,
    ],
    [
      'local s = net.createConnection() s:on("dns", function() error("boom") end) s:connect(80, "http.test")',
      /PANIC: unprotected error in call to Lua API \(test\.lua:1: boom\)\n$/,
      /^panic: test\.lua:1: boom \(/,
    ],
    ['while true do end', /dofile\("test\.lua"\)\n$/, /^watchdog reset: /],
  ] as const) {
    // The lookup must find the station online; the others do not care.
    const wrapped = source.includes('http.test')
      ? `wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function() ${source} end)`
      : source;
    const { code, out, err } = await script(t, wrapped);
    t.equal(code, 1, source);
    t.match(out, said);
    t.equal(err.length, 1);
    t.match(err[0], message);
  }
});

t.test('a failing init.lua fails the run, its syntax errors included', async (t) => {
  for (const [source, message] of [
    ['x = = 1', /^script error: init\.lua:1: unexpected symbol near '='/],
    ['error("boom")', /^script error: init\.lua:1: boom/],
  ] as const) {
    const { code, err } = await command(['run', t.testdir({ 'init.lua': source })]);
    t.equal(code, 1);
    t.match(err, [message]);
  }
});

t.test('a syntax error typed at the console is a failure, too', async (t) => {
  const { code, err } = await command(['run', '-e', 'x = = 1']);
  t.equal(code, 1);
  t.match(err, [/^script error: stdin:1: unexpected symbol near '='/]);
});

t.test('a script that restarts because it failed runs once', async (t) => {
  const { code, out } = await command([
    'run',
    t.testdir({ 'init.lua': 'tmr.create():alarm(10, tmr.ALARM_SINGLE, function() error("again") end)' }),
  ]);
  t.equal(code, 1);
  t.equal(out.match(/powered by/g)?.length, 1);
});

t.test('a restart that the script asks for is no failure', async (t) => {
  const { code, out } = await script(t, 'node.restart()');
  t.equal(code, 0);
  t.equal(out.match(/powered by/g)?.length, 2, 'the device boots again; the file is not run again');
});

t.test('an expectation ends the run as soon as it is met', async (t) => {
  const timer = 'n = 0 tmr.create():alarm(1000, tmr.ALARM_AUTO, function() n = n + 1 print("tick " .. n) end)';
  const met = await script(t, timer, '--expect-text', 'tick 3');
  t.equal(met.code, 0);
  t.match(met.out, /tick 3/);
  t.notMatch(met.out, /tick 4/);
  t.equal((await script(t, timer, '--expect-text', '/tick \\d{2}$/m')).code, 0);
  const failed = await script(t, timer, '--fail-text', 'tick 2', '--expect-text', 'tick 3');
  t.match(failed, { code: 1, err: [/^the console printed 'tick 2' \(at /] });
});

t.test('an expectation that cannot be met any more is a failure', async (t) => {
  const { code, err } = await script(t, 'print("done")', '--expect-text', 'never');
  t.equal(code, 1);
  t.match(err, [/^nothing can wake the script any more, and the console never printed 'never' \(at /]);
  const late = await script(
    t,
    'tmr.create():alarm(1000, tmr.ALARM_AUTO, function() end)',
    '--for',
    '5s',
    '--expect-text',
    'never',
  );
  t.match(late, { code: 1, err: [/^the time is over, and the console never printed 'never'/] });
});

t.test('a timeout is 42, or what was chosen', async (t) => {
  const timer = 'tmr.create():alarm(1000, tmr.ALARM_AUTO, function() end)';
  const unmet = await script(t, timer, '--timeout', '5s', '--expect-text', 'never');
  t.match(unmet, {
    code: 42,
    err: [/^timeout: after 5 s the console had not printed 'never' \(at 5\.000 s, seed 1\)$/],
  });
  const endless = await script(t, timer, '--timeout', '5s', '--timeout-exit-code', '7');
  t.match(endless, { code: 7, err: [/^timeout: after 5 s the run had not ended/] });
  t.equal((await script(t, 'print(1)', '--timeout', '5s')).code, 0);
});

t.test('--for stops after so much device time, however much there is to do', async (t) => {
  const { code, out } = await script(
    t,
    'n = 0 tmr.create():alarm(1000, tmr.ALARM_AUTO, function() n = n + 1 print(n) end)',
    '--for',
    '1h',
  );
  t.equal(code, 0);
  t.match(out, /\n359\d\n$/);
});

t.test('what only the outside can wake goes on in real time until Ctrl-C', async (t) => {
  const dir = t.testdir({ 'test.lua': 'net.createServer():listen(80, function() end)' });
  const { code, err } = await command(['run', join(dir, 'test.lua')], 'real time');
  t.equal(code, 0);
  t.same(err, ['waiting for tcp LISTEN :80; going on in real time, Ctrl-C ends']);
});

t.test('a connection on which nothing moves only waits, too', async (t) => {
  const source = `wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
    local s = net.createConnection()
    s:connect(7, "echo.test")
  end)`;
  const dir = t.testdir({ 'test.lua': source });
  const { code, err } = await command(['run', join(dir, 'test.lua')], 'real time');
  t.equal(code, 0);
  t.match(err, [/^waiting for tcp ESTABLISHED 192\.168\.1\.11:7; going on in real time/]);
});

t.test('a script that polls waits in real time only until it has what it wants', async (t) => {
  const start = performance.now();
  const { code, out, err } = await script(
    t,
    `tmr.create():alarm(100, tmr.ALARM_AUTO, function(t)
      t:unregister()
      tmr.create():alarm(3600000, tmr.ALARM_SINGLE, function() print("an hour later") end)
    end)`,
  );
  t.equal(code, 0);
  t.match(out, /an hour later/);
  t.equal(err.length, 1);
  t.ok(performance.now() - start < 10_000);
});

t.test('a pace ties the run to the wall clock', async (t) => {
  const start = performance.now();
  const { code } = await script(t, 'print(1)', '--for', '2s', '--pace', '10');
  t.equal(code, 0);
  const wall = performance.now() - start;
  t.ok(wall > 150, `${wall} ms for two seconds at tenfold speed`);
});

t.test('when nobody reads the console any more the run ends quietly', async (t) => {
  const err: string[] = [];
  const io = { out: async () => false, err: (line: string) => err.push(line), onInterrupt: () => () => {} };
  const code = await mcubox(['run', '-e', 'print(1)', '--for', '1000h'], io);
  t.same([code, err], [0, []]);
});

t.test('the seed decides: the same console twice, another one with another seed', async (t) => {
  const source = 'print(node.random(1, 1000000000))';
  const [a, b, c] = [await script(t, source), await script(t, source), await script(t, source, '--seed', '2')];
  t.equal(a.out, b.out);
  t.not(a.out, c.out);
});

t.test('access points replace the default one; flash knows the first of them unless it is blank', async (t) => {
  const show = `wifi.eventmon.register(wifi.eventmon.STA_CONNECTED, function(t) print(t.SSID, t.BSSID, t.channel) end)`;
  const ap = ['--ap', 'home,password=secret123,channel=11,bssid=02:00:00:00:00:07', '--for', '10s'];
  t.match((await script(t, show, ...ap)).out, /home\t02:00:00:00:00:07\t11\n/);
  t.notMatch((await script(t, show, ...ap, '--blank-wifi')).out, /home\t/);
});

t.test('--explain tells about traps with the line of the script, and changes nothing else', async (t) => {
  const source = 'net.createServer(net.TCP, 30)\nprint("done")';
  const told = await script(t, source, '--explain');
  t.match(told.err, [/^note: test\.lua:1: createServer\(net\.TCP, \.\.\.\) sets a time-out of 1 s/]);
  const silent = await script(t, source);
  t.same(silent, { code: 0, out: told.out, err: [] });
});
