import t from 'tap';
import { toLatin1 } from '../../runtime/core/index.ts';
import {
  catchAllAnswer,
  networksAnswer,
  optionsAnswer,
  pageAnswer,
  statusAnswer,
  statusJsonAnswer,
} from '../../runtime/proto/portal-answers.ts';
import { dnsMessage, emitDns, ipv4, parseDns } from '../../runtime/wire/index.ts';

const body = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

t.test('the sentences of /status', async (t) => {
  const station = { ssid: 'home', addr: ipv4(192, 168, 1, 50) };
  const said = [0, 1, 2, 3, 4, 5].map((status) => body(statusAnswer({ ...station, status })));
  t.same(said, [
    'Idle.',
    'Connecting to "home".',
    'Failed to connect to "home" - Wrong password.',
    'Failed to connect to "home" - Network not found.',
    'Failed to connect.',
    'Connected to "home" (192.168.1.50).',
  ]);
  t.match(statusAnswer({ ...station, status: 255 }), /^HTTP\/1.1 500 /, 'a station that is off has none');
  t.match(statusJsonAnswer(1, '0A0B0C'), /Content-Length: 33\r\n\r\n\{"deviceid":"0A0B0C", "status":1\}$/);
});

t.test('names of networks are escaped, other fields are numbers', async (t) => {
  const answer = networksAnswer([
    { ssid: 'a"b\\c', rssi: -40, channel: 1, auth: 0 },
    { ssid: 'd', rssi: -70, channel: 6, auth: 3 },
  ]);
  t.same(JSON.parse(body(answer)), [
    { ssid: 'a"b\\c', rssi: -40, chan: 1, auth: 0 },
    { ssid: 'd', rssi: -70, chan: 6, auth: 3 },
  ]);
  t.match(answer, `Content-length:  ${body(answer).length}\r\n`);
  t.match(networksAnswer([]), 'Content-length:   2\r\n');
});

t.test('the header of the page', async (t) => {
  t.match(toLatin1(pageAnswer(new Uint8Array(7))), 'utf-8\r\nContent-length:    7\r\n\r\n');
  t.match(
    toLatin1(pageAnswer(Uint8Array.of(0x1f, 0x8b))),
    'utf-8\r\nContent-Encoding: gzip\r\nContent-length:    2\r\n\r\n',
  );
});

t.test('who may ask from elsewhere', async (t) => {
  t.match(optionsAnswer('/aplist HTTP/1.1'), 'Access-Control-Allow-Origin: *');
  t.notMatch(optionsAnswer('/ HTTP/1.1'), 'Access-Control');
});

t.test('any question for a name is answered as one for an address', async (t) => {
  const addr = ipv4(192, 168, 4, 1);
  for (const type of ['A', 'AAAA', 'TXT'] as const) {
    const query = emitDns(dnsMessage({ id: 77, questions: [{ name: 'captive.apple.com', type, class: 1 }] }));
    const answer = parseDns(catchAllAnswer(query, addr));
    if (!answer.ok) throw new Error(answer.error);
    t.equal(answer.value.id, 77);
    t.match(answer.value.questions, [{ name: 'captive.apple.com', type: 'A' }]);
    t.match(answer.value.answers, [{ name: 'captive.apple.com', type: 'A', ttl: 120, data: addr }]);
  }
  t.ok(catchAllAnswer(new Uint8Array(3), addr).length > 0, 'and what is no question, too');
});
