import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { SerialLine } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

function make() {
  const esp = new Esp();
  const line = esp.device.hardware.attach(new SerialLine({ baud: 9600, to: 2, from: 1 }));
  esp.lua('port = softuart.setup(9600, 1, 2)');
  return { esp, line };
}

t.test('what a script writes is heard on the line', async (t) => {
  const { esp, line } = make();
  esp.lua('port:write("hello ") port:write(33)');
  esp.run(50);
  t.equal(toLatin1(line.heard()), 'hello !');
});

t.test('bytes are handed over at the end character or in groups', async (t) => {
  const { esp, line } = make();
  esp.lua('port:on("data", "\\n", function(d) print(#d, (d:gsub("\\n", "$"))) end)');
  line.say(fromLatin1('one\ntwo\n'));
  t.same(esp.run(50).lines(), ['4\tone$', '4\ttwo$']);
  esp.lua('port:on("data", 3, print)');
  line.say(fromLatin1('abcdefg'));
  t.same(esp.run(50).lines(), ['abc', 'def']);
});

t.test('nobody listening, bytes are lost', async (t) => {
  const { esp, line } = make();
  line.say(fromLatin1('lost'));
  esp.run(50);
  esp.lua('port:on("data", 1, print)');
  line.say(fromLatin1('x'));
  t.same(esp.run(50).lines(), ['x']);
});

t.test('a collected port frees its pin', async (t) => {
  const { esp } = make();
  t.equal(
    esp.error('softuart.setup(9600, nil, 2)'),
    "bad argument #3 to 'setup' (SoftUART rx already configured on the pin)",
  );
  esp.lua('port = nil collectgarbage()');
  t.equal(esp.error('softuart.setup(9600, nil, 2)'), 'no error');
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['softuart.setup(0, 1)', "bad argument #1 to 'setup' (Invalid baud rate)"],
    ['softuart.setup(230400, 1)', "bad argument #1 to 'setup' (Invalid baud rate)"],
    ['softuart.setup(9600, 0)', "bad argument #2 to 'setup' (Invalid SoftUART tx GPIO)"],
    ['softuart.setup(9600, nil, 13)', "bad argument #3 to 'setup' (Invalid SoftUART rx GPIO)"],
    ['softuart.setup(9600)', 'Not enough arguments'],
    ['softuart.setup(9600, 1):on("x", 1, print)', "bad argument #1 to 'on' (Method not supported)"],
    ['softuart.setup(9600, 1):on("data", 1, print)', "calling 'on' on bad self (Rx pin was not declared)"],
    [
      'softuart.setup(9600, nil, 3):on("data", 128, print)',
      "bad argument #1 to 'on' (Argument bigger than SoftUART buffer)",
    ],
    ['softuart.setup(9600, nil, 4):on("data", "ab", print)', "bad argument #2 to 'on' (Wrong end char length)"],
    ['softuart.setup(9600, nil, 5):on("data", {}, print)', 'Wrong argument type'],
    ['softuart.setup(9600, nil, 6):write(1)', "calling 'write' on bad self (Tx pin was not declared)"],
    ['softuart.setup(9600, 1):write(256)', "bad argument #1 to 'write' (Integer too large for a byte)"],
    ['softuart.setup(9600, 1):write({})', 'Wrong argument type'],
  ]);
});
