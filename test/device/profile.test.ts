import t from 'tap';
import { DEFAULT_PROFILE } from '../../runtime/device/profile.ts';
import { formatMac } from '../../runtime/wire/index.ts';

t.test('the first device has the addresses of the manual', async (t) => {
  t.equal(formatMac(DEFAULT_PROFILE.mac), '5c:cf:7f:12:34:56');
  t.equal(formatMac(DEFAULT_PROFILE.apMac), '5e:cf:7f:12:34:56');
});

t.test('file system and SDK parameters fit into the flash', async (t) => {
  const { spiffsAddress, spiffsBytes, flashBytes } = DEFAULT_PROFILE;
  t.ok(spiffsAddress + spiffsBytes <= flashBytes);
});
