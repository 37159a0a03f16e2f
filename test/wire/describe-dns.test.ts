import t from 'tap';
import { describeDns } from '../../runtime/wire/describe-dns.ts';
import { dnsMessage } from '../../runtime/wire/dns.ts';

t.test('a query may carry known answers', async (t) => {
  const questions = [
    { name: '_http._tcp.local', type: 'PTR', class: 1 },
    { name: '.', type: 'NS', class: 1 },
  ] as const;
  const answers = [{ name: '_http._tcp.local', type: 'PTR', ttl: 9, data: 'a._http._tcp.local' }] as const;
  t.equal(describeDns(dnsMessage({ questions, answers })), 'DNS 0 [1a] PTR? _http._tcp.local., NS? .');
});

t.test('a response shows truncation, its code and its counts', async (t) => {
  t.equal(describeDns(dnsMessage({ id: 9, response: true, truncated: true, rcode: 2 })), 'DNS 9| ServFail 0/0/0');
  t.equal(describeDns(dnsMessage({ id: 9, response: true, rcode: 11 })), 'DNS 9 rcode 11 0/0/0');
});

t.test('records of every type have a short form', async (t) => {
  const soa = { mname: 'ns.a', rname: 'r.a', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 };
  const message = dnsMessage({
    response: true,
    answers: [
      { name: 'a', type: 'NS', ttl: 1, data: 'ns.a' },
      { name: 'a', type: 'SOA', ttl: 1, data: soa },
      { name: 'a', type: 'TXT', ttl: 1, data: ['x=\x1b', ''] },
      { name: 'a', type: 'TYPE65', ttl: 1, flush: true, data: new Uint8Array(2) },
    ],
  });
  t.equal(describeDns(message), 'DNS 0 4/0/0 NS ns.a., SOA ns.a., TXT "x=\\x1b" "", (flush) TYPE65');
});
