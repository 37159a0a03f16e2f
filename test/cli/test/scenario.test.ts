import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { readScenario, STEPS, scenarioSchema } from '../../../cli/test/scenario.ts';

const problems = (source: string): string[] => {
  const read = readScenario(source);
  return read.ok ? [] : read.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

t.test('a typo is told with line, column and what was meant', async (t) => {
  t.same(problems('steps:\n  - wait-serail: ready\n'), ["2:5 unknown step 'wait-serail'; did you mean 'wait-serial'"]);
  t.same(problems('steps:\n  - http: { gett: / }\n'), ["2:13 unknown key 'gett'; did you mean 'get'"]);
  t.same(problems('step:\n  - delay: 1s\n'), [
    "1:1 unknown key 'step'; did you mean 'steps'",
    "1:1 'steps' is missing",
  ]);
  t.same(problems('firmware: "3.1"\nsteps: []\n'), ["1:11 '3.1' is not known; did you mean '3.0'"]);
});

t.test('a name or an address that is there twice is told where it stands', async (t) => {
  t.same(problems('devices:\n  - name: a\n  - name: a\nsteps: []\n'), ["3:11 there is another device 'a'"]);
  t.same(problems('device: { name: esp2 }\ndevices:\n  - {}\nsteps: []\n').length, 1, 'also one that has none given');
  const hosts = 'hosts:\n  - { name: a, ip: 192.168.1.20 }\n';
  t.same(problems(`${hosts}  - { name: b, ip: 192.168.1.20 }\nsteps: []\n`), [
    "3:20 there is another host at '192.168.1.20'",
  ]);
  t.same(problems('hosts:\n  - { name: a, ip: x }\nsteps: []\n'), ["2:20 'x' is not an address"]);
});

t.test('every mistake of a file is told, not only the first', async (t) => {
  const found = problems(
    [
      'steps:',
      '  - delay: soon',
      '  - loss: 120%',
      '  - expect-pin: { pin: D1 }',
      '  - wait-serial: "/(/"',
      '  - restart: now',
      '  - udp: { bytes: 4g }',
      '  - delay: 1s',
      '    ping: reply',
      '  - within: 1s',
    ].join('\n'),
  );
  t.match(found[0], /^2:12 'soon' is not a duration/);
  t.match(found[1], /^3:11 '120%' is not a percentage/);
  t.equal(found[2], "4:17 'value' is missing");
  t.match(found[3], /^5:18 \/\(\/ is not a regular expression/);
  t.equal(found[4], '6:14 nothing may stand here');
  t.match(found[5], /^7:19 '4g' is not hexadecimal/);
  t.match(found[6], /^9:5 'delay' and 'ping' are two steps/);
  t.equal(found[7], '10:5 no step is named here');
  t.equal(found.length, 8);
});

t.test('broken YAML is told with its place', async (t) => {
  t.match(problems('steps:\n  - http: { get: /\n')[0], /^3:1 not valid YAML/);
});

t.test('numbers and texts may be written with or without quotes', async (t) => {
  const read = readScenario('steps:\n  - wait-serial: 42\n  - tcp: { connect: "80", send: 007 }\n');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  t.equal(read.scenario.steps[0]?.value, '42');
  t.match(read.scenario.steps[1]?.value, { connect: 80, send: '007' });
  t.equal(read.scenario.steps[1]?.title, 'tcp: { connect: "80", send: 007 }');
});

t.test('the published schema says what the reader accepts', async (t) => {
  const path = new URL('../../../cli/test/scenario.schema.json', import.meta.url);
  t.same(JSON.parse(readFileSync(path, 'utf8')), JSON.parse(JSON.stringify(scenarioSchema())));
  const steps = Object.values(STEPS);
  t.ok(steps.length >= 25);
  t.ok(steps.every(({ doc, shape }) => doc.endsWith('.') && Object.keys(shape.schema).length > 0));
});

t.test('the scenarios of the examples are read without a complaint', async (t) => {
  const folder = new URL('../../../lua-examples/', import.meta.url);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.scenario.yaml')))
    t.same(problems(readFileSync(new URL(name, folder), 'utf8')), [], name);
});
