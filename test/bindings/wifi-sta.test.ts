import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';
import { blank, HOME, home } from '../helpers/joined.ts';

t.test('without a network there is no address and no signal', async (t) => {
  t.same(
    new Esp().lua(
      'print(wifi.sta.getip(), wifi.sta.getbroadcast(), wifi.sta.getrssi(), wifi.sta.status(), wifi.sta.getmac(), wifi.sta.gethostname())',
    ),
    ['nil\tnil\tnil\t0\t5c:cf:7f:12:34:56\tNODE-123456'],
  );
});

t.test('in a network there are', async (t) => {
  const { esp } = home();
  esp.run(5000);
  t.same(
    esp.lua(
      'print(wifi.sta.getip()) print(wifi.sta.getbroadcast(), wifi.sta.getrssi(), wifi.sta.status(), wifi.getchannel())',
    ),
    ['192.168.1.50\t255.255.255.0\t192.168.1.1', '192.168.1.255\t-61\t5\t6'],
  );
});

t.test('getconfig answers four values or a table, never nil', async (t) => {
  t.same(new Esp().lua('print(wifi.sta.getconfig())'), ['\t\t0\t00:00:00:00:00:00']);
  const { esp } = home(HOME);
  t.same(
    esp.lua(
      'print(wifi.sta.getconfig()) wifi.sta.config{ssid = "x", bssid = "AA:bb:cc:dd:ee:ff", save = false, auto = false}',
      'local c = wifi.sta.getconfig(true) print(c.ssid, c.pwd, c.bssid_set, c.bssid) print(wifi.sta.getdefaultconfig())',
    ),
    [
      'home\tsecret123\t0\t00:00:00:00:00:00',
      'x\tnil\ttrue\taa:bb:cc:dd:ee:ff',
      'home\tsecret123\t0\t00:00:00:00:00:00',
    ],
  );
});

t.test('connect and disconnect take a callback for their event', async (t) => {
  const { esp } = home();
  esp.run(5000);
  esp.lua(
    'wifi.sta.disconnect(function(x) print("gone", x.reason) wifi.sta.connect(function(y) print("back", y.SSID) end) end)',
  );
  t.same(esp.run(3000).lines(), ['back\thome']);
});

t.test('clearing the configuration leaves and forgets', async (t) => {
  const { esp } = home();
  esp.run(5000);
  t.same(esp.lua('print(wifi.sta.clearconfig(), wifi.sta.getconfig())'), ['true\t\t\t0\t00:00:00:00:00:00']);
  t.equal(esp.device.wifi.saved.autoConnect, false);
});

t.test('the list of networks has one entry', async (t) => {
  const { esp } = home();
  t.same(
    esp.lua(
      'local i = wifi.sta.getapinfo() print(i.qty, i[1].ssid, i[1].pwd, wifi.sta.getapindex(), wifi.sta.changeap(2), wifi.sta.setaplimit(5))',
    ),
    ['1\thome\tsecret123\t1\tfalse\ttrue'],
  );
});

t.test('name and address can be changed', async (t) => {
  const { esp } = blank();
  t.same(
    esp.lua(
      'print(wifi.sta.sethostname("my-node"), wifi.sta.gethostname(), wifi.sta.setmac("DE:AD:BE:EF:7A:C0"), wifi.sta.getmac())',
    ),
    ['true\tmy-node\ttrue\tde:ad:be:ef:7a:c0'],
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['wifi.sta.autoconnect(2)', "bad argument #1 to 'autoconnect' (0 or 1)"],
    ['wifi.sta.autoconnect(true)', "bad argument #1 to 'autoconnect' (number expected, got boolean)"],
    ['wifi.sta.setip("x")', 'wrong arg type'],
    ['wifi.sta.setmac("x")', "bad argument #1 to 'setmac' (MAC:FF:FF:FF:FF:FF:FF)"],
    ['wifi.sta.sethostname("-x")', "bad argument #1 to 'sethostname' (Invalid hostname)"],
    ['wifi.sta.sethostname(("x"):rep(33))', "bad argument #1 to 'sethostname' (Invalid hostname)"],
    ['wifi.sta.changeap(6)', "bad argument #1 to 'changeap' (Valid range: 1-5)"],
    ['wifi.sta.setaplimit(0)', "bad argument #1 to 'setaplimit' (Valid range: 1-5)"],
  ]);
});

t.test('pairs() of getconfig has the order in which the fields are set', async (t) => {
  t.same(
    new Esp().lua(
      'wifi.sta.config{ssid = "x", pwd = "12345678", save = false, auto = false}',
      'for k in pairs(wifi.sta.getconfig(true)) do uart.write(0, k, " ") end print()',
    ),
    ['pwd bssid ssid bssid_set '],
  );
});

t.test('the number of an access point is a byte before it is judged', async (t) => {
  t.same(new Esp().lua('print(wifi.sta.changeap(257), wifi.sta.setaplimit(258), pcall(wifi.sta.changeap, 256))'), [
    "true\ttrue\tfalse\tbad argument #1 to '?' (Valid range: 1-5)",
  ]);
});

t.test(
  'connect and disconnect take what stands behind their callback for the arguments of eventmon.register',
  async (t) => {
    t.same(
      new Esp().lua(
        'for _, f in ipairs{wifi.sta.connect, wifi.sta.disconnect} do',
        '  print(pcall(f, print, "x")) print(pcall(f, print, 11)) print(pcall(f, print, 256 + 3, print))',
        'end',
      ),
      Array.from({ length: 2 }, () => [
        "false\tbad argument #1 to '?' (number expected, got string)",
        'false\tvalid wifi events:0-10',
        'true',
      ]).flat(),
    );
  },
);
