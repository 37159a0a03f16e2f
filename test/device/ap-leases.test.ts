import t from 'tap';
import { ApLeases } from '../../runtime/device/ap-leases.ts';
import { IPV4_ANY, ipv4, type MacAddress } from '../../runtime/wire/index.ts';

const RANGE = { first: ipv4(10, 0, 0, 2), last: ipv4(10, 0, 0, 4) };
const mac = (n: number) => n as MacAddress;
const at = (n: number) => ipv4(10, 0, 0, n);

t.test('each client gets the lowest free address and keeps it', async (t) => {
  const leases = new ApLeases(120);
  for (const n of [1, 2, 1, 3]) leases.update(mac(n), IPV4_ANY, RANGE);
  t.equal(leases.update(mac(1), IPV4_ANY, RANGE).addr, at(2));
  t.equal(leases.update(mac(3), IPV4_ANY, RANGE).addr, at(4));
  t.equal(leases.update(mac(4), IPV4_ANY, RANGE).addr, IPV4_ANY, 'all are taken');
  leases.leave(mac(1), true);
  t.equal(leases.update(mac(3), IPV4_ANY, RANGE).addr, at(2), 'who asks anew moves down');
});

t.test('a client that names its own address renews it; that of another is refused until it has left', async (t) => {
  const leases = new ApLeases(120);
  leases.update(mac(1), IPV4_ANY, RANGE);
  t.same(leases.update(mac(1), at(2), RANGE), { addr: at(2), known: true });
  t.same(leases.update(mac(2), at(2), RANGE), { addr: IPV4_ANY, known: false });
  leases.leave(mac(1), false);
  t.same(leases.update(mac(2), at(2), RANGE), { addr: at(2), known: false });
});

t.test('leases run out, and of eight the oldest goes', async (t) => {
  const leases = new ApLeases(2);
  leases.update(mac(1), IPV4_ANY, RANGE);
  leases.tick();
  t.equal(leases.size, 1);
  leases.tick();
  t.equal(leases.size, 0);
  for (let n = 1; n <= 8; n++) leases.update(mac(n), IPV4_ANY, { first: at(2), last: at(100) });
  leases.tick();
  t.equal(leases.size, 7);
});
