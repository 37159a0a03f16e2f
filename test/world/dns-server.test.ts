import t from 'tap';
import { type DnsQuestion, dnsMessage, ipv4 } from '../../runtime/wire/index.ts';
import { answerDns } from '../../runtime/world/dns-server.ts';

const NAMES = new Map([['http.test', ipv4(192, 168, 1, 10)]]);
const ask = (...questions: Partial<DnsQuestion>[]) =>
  dnsMessage({
    id: 7,
    recursionDesired: true,
    questions: questions.map((q) => ({ name: 'http.test', type: 'A', class: 1, ...q })),
  });

t.test('a known name has its address, in any case and with a last dot', async (t) => {
  for (const name of ['http.test', 'HTTP.Test', 'http.test.']) {
    const reply = answerDns(ask({ name }), NAMES);
    t.match(reply, { id: 7, response: true, authoritative: true, recursionDesired: true, rcode: 0 });
    t.same(reply?.answers, [{ name, type: 'A', ttl: 300, data: ipv4(192, 168, 1, 10) }]);
    t.same(reply?.questions[0]?.name, name, 'the question comes back as it was asked');
  }
});

t.test('an unknown name does not exist', async (t) => {
  t.match(answerDns(ask({ name: 'example.com' }), NAMES), { rcode: 3, answers: [] });
  t.equal(answerDns(ask({ class: 3 }), NAMES)?.rcode, 3, 'nor does another class');
});

t.test('a known name without the record asked for gives an empty answer', async (t) => {
  t.match(answerDns(ask({ type: 'AAAA' }), NAMES), { rcode: 0, answers: [] });
  t.equal(answerDns(ask({ type: 'ANY' }), NAMES)?.answers.length, 1);
});

t.test('odd queries are refused, answers are not answered', async (t) => {
  t.equal(answerDns(ask(), NAMES)?.rcode, 1);
  t.equal(answerDns(ask({}, {}), NAMES)?.rcode, 1);
  t.equal(answerDns({ ...ask({}), opcode: 2 }, NAMES)?.rcode, 4);
  t.equal(answerDns({ ...ask({}), response: true }, NAMES), undefined);
});
