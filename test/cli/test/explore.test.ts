import t from 'tap';
import { runTest } from '../../../cli/test/run.ts';
import { outcomeOf, told } from './bench.ts';

// Hundreds of worlds: some seconds, more on a busy computer.
/** Takes the first piece of a request for all of it: right until a request comes in two. */
const SERVER = `
srv = net.createServer(30)
srv:listen(80, function(c)
  c:on("receive", function(c, request)
    local path, body = request:match("^POST (%S+) .-\\r\\n\\r\\n(.*)$")
    if path == nil then
      c:send("HTTP/1.0 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n")
    else
      c:send("HTTP/1.0 200 OK\\r\\n\\r\\n" .. body)
    end
  end)
  c:on("sent", function(c) c:close() end)
end)
`;
const STEPS = `  - expect-connect: wifi
    within: 1m
  - http: { post: /lamp, body: "on", expect: { status: 200, body: "on" } }
    within: 1m
`;
const scenario = (faults = '') => ({
  'x.scenario.yaml': `device: { run: s.lua }\nsteps:\n${faults}${STEPS}`,
  's.lua': SERVER,
});
const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}\n`).join('');

t.test(
  '--explore 200 finds a server that mis-parses a request in two segments, and shrinks it to one fault',
  async (t) => {
    const outcome = outcomeOf(t, 'scenario', scenario(), { explore: 200 });
    t.equal(outcome.status, 'fail');
    const finding = outcome.explored?.findings.find(({ steps }) => steps.some((step) => step.includes('split')));
    t.equal(finding?.steps.length, 1);
    t.match(finding?.sentences[0], /^split the first segment to port 80 after \d+ bytes at \d\.\d{3} s$/);
    t.match(finding?.message, 'the status is 400 Bad Request');
    t.match(outcome.failures[0]?.message, /^\d+ of 200 schedules of faults fail, in \d ways; /);

    const pasted = outcomeOf(t, 'scenario', scenario(indented(finding?.steps ?? [])));
    t.same(told(pasted), ['6:5 the status is 400 Bad Request'], 'the printed step reproduces it');
    const mended = SERVER.replace('request:match', '(buffer .. request):match').replace(
      /c:send\("HTTP\/1.0 400.*\n/,
      'buffer = buffer .. request\n',
    );
    const files = { ...scenario(indented(finding?.steps ?? [])), 's.lua': `buffer = ""${mended}` };
    t.same(told(outcomeOf(t, 'scenario', files)), [], 'a server that waits for the rest passes');
  },
);

t.test('the same seed explores the same way, and only with the faults that were asked for', async (t) => {
  const options = { explore: 20, faults: ['split'], seed: 3 } as const;
  const first = outcomeOf(t, 'scenario', scenario(), options);
  t.same(first.explored, runTest(first.test, { update: false, libraries: [], ...options }).explored);
  t.ok(first.explored?.findings.every(({ steps }) => steps.length === 1 && steps[0]?.includes('split')));
});

t.test('a test that withstands everything passes, and says what it has withstood', async (t) => {
  const files = { 'x.scenario.yaml': 'steps:\n  - delay: 5s\n' };
  const outcome = outcomeOf(t, 'scenario', files, { explore: 10 });
  t.equal(outcome.status, 'pass');
  t.same(outcome.explored, { schedules: 10, findings: [] });
});

t.test('a test that fails by itself is not explored', async (t) => {
  const outcome = outcomeOf(
    t,
    'scenario',
    { 'x.scenario.yaml': 'steps:\n  - wait-serial: never\n    within: 1s\n' },
    { explore: 10 },
  );
  t.equal(outcome.status, 'timeout');
  t.equal(outcome.explored, undefined);
});

t.test('golden consoles can be explored too: a lost answer of the name server', async (t) => {
  const script = `wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  net.dns.resolve("http.test", function(_, ip) print(ip) end)
end)`;
  const files = { 'x.lua': script, 'x.expect': '> dofile("x.lua")\n> 192.168.1.10\n' };
  t.equal(outcomeOf(t, 'golden', files).status, 'pass');
  const outcome = outcomeOf(t, 'golden', files, { explore: 30, faults: ['drop'] });
  t.equal(outcome.status, 'pass', 'the stack asks again');
});

t.test('every kind of fault is a step; a wrong one says what there is', async (t) => {
  const faults = [
    '{ drop: tcp and dst esp1 and syn and not ack, nth: 1 }',
    '{ duplicate: tcp and dst esp1, by: 3ms }',
    '{ delay: arp, by: 20ms, nth: 2 }',
    '{ ap-down: 2s, at: 30s }',
    '{ restart: esp1, at: 40s }',
  ];
  const steps = `${indented(faults.map((fault) => `- fault: ${fault}`))}${STEPS}  - delay: 60s\n  - expect-console: { lacks: "dofile(" }\n`;
  const outcome = outcomeOf(t, 'scenario', {
    'x.scenario.yaml': `device: { files: { init.lua: dofile("s.lua") }, flash: s.lua }\nsteps:\n${steps}`,
    's.lua': SERVER,
  });
  t.same(told(outcome), []);
  const wrong = scenario('  - fault: { nth: 3 }\n');
  t.match(
    told(outcomeOf(t, 'scenario', wrong))[0],
    /^3:5 fault: write one of drop, delay, duplicate, split, ap-down, restart/,
  );
  t.match(told(outcomeOf(t, 'scenario', scenario('  - fault: { drop: tpc }\n')))[0], /3:5 filter: 'tpc' is not a word/);
  t.match(told(outcomeOf(t, 'scenario', scenario('  - fault: { restart: lamp, at: 1s }\n')))[0], /no device is called/);
});
