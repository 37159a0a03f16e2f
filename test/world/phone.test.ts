import t from 'tap';
import { world } from '../../cli/testing/index.ts';
import { resolveUrl } from '../../runtime/world/phone.ts';

const HOME = { ssid: 'home', password: 'secret123' };

t.test('a phone at home gets a lease of the router and opens pages', async (t) => {
  const net = world({ accessPoints: [HOME] });
  const phone = net.phone();
  t.same(phone.networks(), ['home']);
  t.equal(phone.join('home', { password: 'secret123' }), 'nothing', 'there is no Internet behind this router');
  t.match(phone.address, /^192\.168\.1\./);
  const page = phone.open('http://http.test/redirect/2');
  t.equal(page.url, 'http://http.test/get', 'redirects are followed');
  t.equal(page.status, 200);
  t.equal(phone.open('http://http.test/chunked').body, 'first chunk\nsecond chunk\nthird chunk\n');
  phone.leave();
  t.equal(phone.address, undefined);
});

t.test('a name of the world behind the question for the Internet is the Internet', async (t) => {
  const net = world({ accessPoints: [HOME] });
  const address = net.address('http.test');
  if (address === undefined) throw new Error('no http.test');
  net.world.names.set('captive.apple.com', address);
  t.equal(net.phone({ kind: 'apple' }).join('home', HOME), 'portal', 'another answer than the true one is a portal');
});

t.test('what goes wrong is told', async (t) => {
  const net = world({ accessPoints: [HOME], patience: '20s' });
  const phone = net.phone();
  t.throws(() => phone.join('nowhere', { within: '4s' }), /phone1 did not get into 'nowhere': not-found/);
  t.throws(() => phone.join('home', { password: 'wrong-one' }), /did not get into 'home': refused/);
  t.throws(() => phone.openPortal(), /has found no portal/);
  t.throws(() => phone.submit({}), /no-page/);
  phone.join('home', HOME);
  t.throws(() => phone.open('http://nobody.test/'), /no-such-name/);
  t.throws(() => phone.open('http://mqtt.test/'), /refused/);
  t.throws(() => phone.open('https://http.test/'), /bad-url/);
  t.throws(() => phone.open('http://http.test/redirect/9'), /too-many-redirects/);
  phone.open('http://http.test/get');
  t.throws(() => phone.submit({}), /no-form/);
});

t.test('references against their page', async (t) => {
  const base = 'http://a.b:81/c/d?e';
  t.equal(resolveUrl(base, 'http://x/'), 'http://x/');
  t.equal(resolveUrl(base, '/y'), 'http://a.b:81/y');
  t.equal(resolveUrl(base, '?z'), 'http://a.b:81/c/d?z');
  t.equal(resolveUrl(base, 'w'), 'http://a.b:81/c/w');
});
