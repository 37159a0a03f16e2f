import t from 'tap';
import { Startup, whyNot } from '../../bridge/startup.ts';

t.test('a start has settled when all has answered, or anything has failed', async (t) => {
  const startup = new Startup();
  t.ok(startup.settled, 'nothing to wait for');
  let told = 0;
  startup.onSettled = () => told++;
  const [a, b, c] = [startup.begin(), startup.begin(), startup.begin()];
  a();
  a();
  t.notOk(startup.settled);
  b('port 1 is in use');
  t.same([startup.settled, told, startup.failures], [true, 1, ['port 1 is in use']]);
  b('again');
  c();
  t.same([told, startup.failures.length], [2, 1]);
});

t.test('what is wrong with a port is said in words, or by its code', async (t) => {
  t.equal(whyNot('127.0.0.1:80', 'EADDRINUSE'), '127.0.0.1:80 is in use by another program; choose another');
  t.equal(whyNot('127.0.0.1:80', 'EWHATEVER'), '127.0.0.1:80 cannot be used (EWHATEVER)');
});
