import t from 'tap';
import { parseCommandLine, type RunOptions } from '../../cli/args.ts';

const run = (...args: string[]): RunOptions => {
  const parsed = parseCommandLine(['run', ...args]);
  if (!parsed.ok || parsed.value.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.value.options;
};
const message = (...argv: string[]): string => {
  const parsed = parseCommandLine(argv);
  return parsed.ok ? `accepted: ${JSON.stringify(parsed.value)}` : parsed.message;
};

t.test('a run without options has the documented defaults', async (t) => {
  t.same(run('x.lua'), {
    path: 'x.lua',
    code: [],
    files: [],
    lua: '5.1',
    firmware: '3.0',
    timeoutExitCode: 42,
    seed: 1,
    aps: [],
    blankWifi: false,
    explain: false,
    faults: { loss: 0, dup: 0, reorder: 0, corrupt: 0, delay: 0, jitter: 0 },
  });
});

t.test('options stand before or after the file, with a space or an equals sign', async (t) => {
  const options = run('--for', '10s', 'x.lua', '--seed=7', '-e', 'print(1)', '-e', '-- two', '--pace', 'max');
  t.equal(options.forUs, 10_000_000);
  t.equal(options.seed, 7);
  t.same(options.code, ['print(1)', '-- two']);
  t.equal(options.pace, Number.POSITIVE_INFINITY);
});

t.test('the firmware is one of three', async (t) => {
  t.equal(run('x', '--firmware', '2.2').firmware, '2.2');
  t.equal(run('x', '--firmware=1.5').firmware, '1.5');
});

t.test('repeatable options collect, others take the last value', async (t) => {
  const options = run('x.lua', '--file', 'a.lua', '--file', 'dir/b.lua:c.lua', '--seed', '1', '--seed', '2');
  t.same(options.files, [
    { host: 'a.lua', name: 'a.lua' },
    { host: 'dir/b.lua', name: 'c.lua' },
  ]);
  t.equal(options.seed, 2);
});

t.test('faults are percentages and durations', async (t) => {
  const args = '--loss 10% --dup 0.5% --reorder 5% --corrupt 2% --delay 20ms --jitter 5ms'.split(' ');
  t.same(run('x.lua', ...args).faults, {
    loss: 0.1,
    dup: 0.005,
    reorder: 0.05,
    corrupt: 0.02,
    delay: 20_000,
    jitter: 5_000,
  });
});

t.test('help and version win over the rest', async (t) => {
  t.same(parseCommandLine(['--help']), { ok: true, value: { kind: 'help', topic: 'mcubox' } });
  t.same(parseCommandLine(['help', 'run']), { ok: true, value: { kind: 'help', topic: 'run' } });
  t.same(parseCommandLine(['run', '-h']), { ok: true, value: { kind: 'help', topic: 'run' } });
  t.same(parseCommandLine(['modules', '--help']), { ok: true, value: { kind: 'help', topic: 'modules' } });
  t.same(parseCommandLine(['--version']), { ok: true, value: { kind: 'version' } });
  t.same(parseCommandLine(['run', '--version']), { ok: true, value: { kind: 'version' } });
  t.same(parseCommandLine(['modules']), { ok: true, value: { kind: 'modules' } });
});

t.test('every mistake is answered with one clear sentence', async (t) => {
  const duration = 'write 250ms, 5s, 10m or 24h (a bare number is milliseconds)';
  for (const [line, expected] of [
    [[], 'what shall I do? For example: mcubox run FILE.lua'],
    [['rum', 'x.lua'], "unknown command 'rum'; did you mean 'run'"],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['x.lua'], "unknown command 'x.lua'; did you mean: mcubox run x.lua"],
    [['--seed', '1', 'run', 'x.lua'], 'the command stands before its options: mcubox run --seed …'],
    [['--vers'], "unknown option '--vers'; did you mean '--version'"],
    [['-V'], "unknown option '-V'; did you mean '--version'"],
    [['help', 'run', 'test'], 'help takes one command'],
    [['run', 'x', '--expect', 'y'], "unknown option '--expect'; did you mean '--expect-text'"],
    [
      ['run', 'x', '--ap', 'a,bssid=02:00:00:00:00:01', '--ap', 'b,bssid=02:00:00:00:00:01'],
      '--ap: two access points have the bssid 02:00:00:00:00:01',
    ],
    [
      ['run', 'x', '--hostfwd', 'tcp::8080-:80', '--net', 'user,hostfwd=tcp:127.0.0.1:8080-:81'],
      '--hostfwd: two forwards begin at tcp 127.0.0.1:8080; give one another port',
    ],
    [['run', 'x', '--net', 'stream,server=maybe'], '--net: server is on or off'],
    [['run', 'x', '--net', 'socket,listen=:1,wifi='], '--net: the SSID behind wifi= is missing'],
    [['replay', 'x', '--pcpa', 'y'], "unknown option '--pcpa'; did you mean '--pcap'"],
    [['replay', 'x', '--pcap='], '--pcap: the file name is missing'],
    [['play', '--port', 'x'], '--port needs a number from 0 to 65535'],
    [['repl', '--record', 'x'], 'what is typed cannot be recorded: --record is for run'],
    [['modules', 'net'], "modules takes no arguments, but was given 'net'"],
    [['run'], "run needs a FILE, a DIR or -e 'CODE'"],
    [['run', ''], 'the FILE or DIR is missing'],
    [['run', 'a', 'b'], 'run takes one FILE or DIR, but was given 2; add files with --file'],
    [['run', 'x', '--for', 'soon'], `--for: 'soon' is not a duration; ${duration}`],
    [['run', 'x', '--for'], '--for needs a value'],
    [['run', 'x', '--blank-wifi=yes'], '--blank-wifi takes no value'],
    [['run', 'x', '--fro', '5s'], "unknown option '--fro'; did you mean '--for'"],
    [['run', 'x', '-x'], "unknown option '-x'"],
    [['run', 'x', '--net', 'bridge'], "--net: 'bridge' is not a kind of network; write user, socket, stream or dgram"],
    [['run', 'x', '--world=w.toml'], "--world says what is on each device; 'x' does not go with it"],
    [['run', '--world=w.toml', '--lua=5.1'], '--lua does not go with --world: the file describes the devices'],
    [['repl', '--world=w.toml'], '--world is for run'],
    [['run', 'x', '--hostfwd=tcp::80-esp:80'], "--hostfwd: 'esp' is not an address of the virtual network"],
    [['run', 'x', '--firmware', '2.2', '--lua', '5.3'], '--lua 5.3 came with firmware 3.0; 2.2 has Lua 5.1 only'],
    [['run', 'x', '--firmware', '1.5', '--lua', '5.3-64'], '--lua 5.3-64 came with firmware 3.0; 1.5 has Lua 5.1 only'],
    [['run', 'x', '--firmware', '9'], "--firmware: '9' is not a firmware; write 3.0, 2.2 or 1.5"],
    [['run', 'x', '--lua', '5.4'], "--lua: '5.4' is not a language build; write 5.1, 5.3 or 5.3-64"],
    [['run', 'x', '--ap', ''], '--ap: the SSID is missing; write SSID[,password=…][,channel=…][,bssid=…]'],
    [['run', 'x', '-e', ''], '-e: the code is missing'],
    [['run', 'x', '--pcap', ''], '--pcap: the file name is missing'],
    [['run', 'x', '--seed', '-1'], `--seed: '-1' is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`],
    [['run', 'x', '--timeout-exit-code', '300'], "--timeout-exit-code: '300' is not a whole number from 0 to 255"],
  ] as const)
    t.equal(message(...line), expected);
});
