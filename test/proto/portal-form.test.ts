import t from 'tap';
import { paramsFile, readCredentials } from '../../runtime/proto/portal-form.ts';

t.test('credentials are found as plain text', async (t) => {
  t.same(readCredentials('GET /update?wifi_ssid=my+net&wifi_password=a%26b%3D HTTP/1.1'), {
    ssid: 'my net',
    password: 'a&b=',
  });
  t.same(readCredentials('wifi_ssid=open'), { ssid: 'open', password: '' }, 'an open network needs no password');
  t.equal(readCredentials('ssid=home'), undefined);
  t.equal(readCredentials('wifi_ssid=&wifi_password=x'), undefined);
  t.same(readCredentials('old_wifi_ssid=a&wifi_ssid=b')?.ssid, 'a', 'the end of a name is enough');
  t.same(readCredentials('wifi_ssid=100%&wifi_password=%zz')?.password, '%zz', 'what is no escape stays');
});

t.test('values that do not fit are refused', async (t) => {
  t.equal(readCredentials(`wifi_ssid=${'s'.repeat(31)}`)?.ssid.length, 31);
  t.equal(readCredentials(`wifi_ssid=${'s'.repeat(32)}`), undefined);
  t.equal(readCredentials(`wifi_ssid=s&wifi_password=${'p'.repeat(63)}`)?.password.length, 63);
  t.equal(readCredentials(`wifi_ssid=s&wifi_password=${'p'.repeat(64)}`), undefined);
});

t.test('all fields of a form become a Lua file', async (t) => {
  t.equal(
    paramsFile('wifi_ssid=home&wifi_password=secret&device_name=my+lamp'),
    'local p={}\np.wifi_ssid="home"\np.wifi_password="secret"\np.device_name="my lamp"\nreturn p\n',
  );
  t.equal(paramsFile('nothing'), undefined);
});

t.test('an empty value swallows the next field, as strtok has it', async (t) => {
  t.equal(paramsFile('a=&b=c'), 'local p={}\np.a="b=c"\nreturn p\n');
  t.equal(paramsFile('a=b&c='), 'local p={}\np.a="b"\np.c=""\nreturn p\n');
});
