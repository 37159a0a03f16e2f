import { join } from 'node:path';
import t from 'tap';
import { Coverage, lcov, table } from '../../../cli/test/coverage.ts';
import { outcomeOf } from './bench.ts';

const SCRIPT = `local function unused()
  return 1
end
local n = 0
for i = 1, 3 do
  n = n + i -- three times
end
if n > 100 then
  print("many")
else
  print("few")
end
dofile("part.lua")
`;

t.test('lines that ran are counted over several tests, lines that only close are none', async (t) => {
  const files = {
    'x.scenario.yaml':
      'device: { run: s.lua, flash: [part.lua, never.lua] }\nsteps:\n  - wait-serial: few\n  - delay: 1s\n',
    's.lua': SCRIPT,
    'part.lua': 'tmr.create():alarm(10, 0, function()\n  x = 1\nend)\n',
    'never.lua': '-- nothing\n\nreturn {\n  1,\n}\n',
  };
  const sum = new Coverage();
  const { covered = [], status } = outcomeOf(t, 'scenario', files, { coverage: true });
  t.equal(status, 'pass');
  sum.add(covered);
  sum.add(covered);
  const folder = covered.find(({ file }) => file.endsWith('s.lua'))?.file.replace(/s\.lua$/, '') ?? '';
  const texts = new Map(Object.entries(files).map(([name, text]) => [join(folder, name), text]));
  const reports = sum
    .report((file) => texts.get(file))
    .map((report) => ({ ...report, file: report.file.slice(folder.length) }));
  const counts = Object.fromEntries(reports.map(({ file, lines }) => [file, Object.fromEntries(lines)]));
  t.match(counts['s.lua'], { 2: 0, 4: 2, 6: 6, 8: 2, 9: 0, 11: 2, 13: 2 });
  t.notOk('12' in (counts['s.lua'] ?? {}), 'the end of the if');
  t.match(counts['part.lua'], { 2: 2 });
  t.match(counts['never.lua'], { 3: 0 });
  t.match(lcov(reports), /^TN:\nSF:never\.lua\n(DA:\d+,0\n)+LF:\d\nLH:0\nend_of_record\nTN:\nSF:part\.lua\n/);
  t.match(table(reports), /^# s\.lua +8 +6 +75\.0 {2}2, 9$/m);
  t.match(table(reports), /^# all /m);
});

t.test('golden scripts and Lua tests are counted, and nothing is counted unasked', async (t) => {
  const golden = { 'x.lua': 'print(1)\n', 'x.expect': '> dofile("x.lua")\n1\n> ' };
  t.match(outcomeOf(t, 'golden', golden, { coverage: true }).covered, [{ file: /x\.lua$/, lines: [[1, 1]] }]);
  t.equal(outcomeOf(t, 'golden', golden).covered, undefined);
  const spec = { 'x_spec.lua': 'it("runs", function()\n  assert.is_true(true)\nend)\n' };
  const { covered = [] } = outcomeOf(t, 'spec', spec, { coverage: true });
  t.same(
    covered.map(({ lines }) => lines.map(([line]) => line).sort()),
    [[1, 2, 3]],
  );
});
