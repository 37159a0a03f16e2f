import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('the country is China until set', async (t) => {
  const show = 'local c = wifi.getcountry() print(c.country, c.start_ch, c.end_ch, c.policy)';
  t.same(
    new Esp().lua(
      show,
      'print(wifi.setcountry{country = "de", start_ch = 2, end_ch = 12, policy = wifi.COUNTRY_MANUAL})',
      show,
    ),
    ['CN\t1\t13\t0', 'true', 'DE\t2\t12\t1'],
  );
});

t.test('errors', async (t) => {
  const bad = (fields: string, message: string) =>
    [`wifi.setcountry{${fields}}`, `bad argument #1 to 'setcountry' (${message})`] as const;
  errorRows(t, [
    ['wifi.setcountry(1)', "bad argument #1 to 'setcountry' (Table not found!)"],
    bad('country = "ABC"', 'country: country code must be 2 chars'),
    bad('country = {}', 'country: must be string'),
    bad('start_ch = 15', 'start_ch: Range:1-14'),
    bad('start_ch = {}', 'start_ch: must be a number'),
    bad('start_ch = " "', 'start_ch: must be a number'),
    bad('end_ch = 15', 'end_ch: Range:1-14'),
    bad('end_ch = {}', 'end_ch: must be a number'),
    bad('start_ch = 5, end_ch = 4', "end_ch: can't be less than start_ch"),
    bad('policy = 2', 'policy: must be 0 or 1'),
    bad('policy = {}', 'policy: must be a number'),
  ]);
});
