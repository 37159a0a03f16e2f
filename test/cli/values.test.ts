import t from 'tap';
import { accessPoint, duration, file, pace, percent, watch } from '../../cli/values.ts';

const value = <T>(parsed: { ok: true; value: T } | { ok: false; message: string }): T | string =>
  parsed.ok ? parsed.value : parsed.message;

t.test('durations carry a unit; a bare number is milliseconds', async (t) => {
  const table = { '250ms': 250_000, '5s': 5e6, '1.5m': 90e6, '24h': 86_400e6, '100': 100_000, '7us': 7, '0': 0 };
  for (const [text, micros] of Object.entries(table)) t.equal(value(duration(text)), micros, text);
  for (const text of ['', 'soon', '5 s', '-1s', '5d', '1e3', 's', '99999999999h']) t.notOk(duration(text).ok, text);
});

t.test('percentages need their sign and end at 100', async (t) => {
  t.equal(value(percent('5%')), 0.05);
  t.equal(value(percent('100%')), 1);
  for (const text of ['5', '101%', '-1%', '%', '']) t.notOk(percent(text).ok, text);
});

t.test('a pace is max, real or a factor above zero', async (t) => {
  t.equal(value(pace('max')), Number.POSITIVE_INFINITY);
  t.equal(value(pace('real')), 1);
  t.equal(value(pace('0.5')), 0.5);
  for (const text of ['0', 'fast', '', '-2']) t.notOk(pace(text).ok, text);
});

t.test('a watched text is plain, or a regular expression between slashes', async (t) => {
  const matches = (pattern: string, output: string) => {
    const parsed = watch(pattern);
    return parsed.ok && parsed.value.matches(output);
  };
  t.ok(matches('a.c', 'xa.cx'));
  t.notOk(matches('a.c', 'abc'));
  t.ok(matches('/a.c/', 'abc'));
  t.ok(matches('/A.C/i', 'abc'));
  t.ok(matches('/', 'a/b'), 'one slash is plain text');
  t.match(value(watch('/(/')), /^\/\(\/ is not a regular expression: /);
  t.notOk(watch('').ok);
});

t.test('an access point is an SSID and attributes', async (t) => {
  t.same(value(accessPoint('home')), { ssid: 'home' });
  t.same(value(accessPoint('my net,password=secret12=3,channel=11,bssid=02:00:00:00:00:0A')), {
    ssid: 'my net',
    password: 'secret12=3',
    channel: 11,
    bssid: '02:00:00:00:00:0a',
  });
  t.match(value(accessPoint('')), /^the SSID is missing/);
  t.match(value(accessPoint('é'.repeat(17))), /longer than 32 bytes/);
  t.match(value(accessPoint('a,password=short')), /8 to 63/);
  t.match(value(accessPoint('a,channel=0')), /^channel '0' is not a whole number from 1 to 13/);
  t.match(value(accessPoint('a,bssid=01:00:00:00:00:00')), /not the address of one station/);
  t.match(value(accessPoint('a,pass=x')), /'pass=x' is not known/);
});

t.test('a file keeps its last name unless another is given', async (t) => {
  t.same(value(file('dir/a.lua')), { host: 'dir/a.lua', name: 'a.lua' });
  t.same(value(file('dir/a.lua:b/c.lua')), { host: 'dir/a.lua', name: 'b/c.lua' });
  t.same(value(file('C:\\x\\a.lua')), { host: 'C:\\x\\a.lua', name: 'a.lua' });
  t.match(value(file('dir/')), /names no file/);
  t.match(value(file(`a.lua:${'x'.repeat(32)}`)), /at most 31 characters/);
});
