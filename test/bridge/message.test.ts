import fc from 'fast-check';
import t from 'tap';
import { emitMessage, type FromDoor, parseFromDoor, parseToDoor, type ToDoor } from '../../bridge/index.ts';
import { fromLatin1, ipv4 } from '../../runtime/index.ts';

const FROM: readonly FromDoor[] = [
  { line: 1, out: { do: 'connect', to: { host: '192.168.1.1', port: 80 } } },
  { line: 2, out: { do: 'listen', at: { path: '/tmp/ä.sock' } } },
  { line: 3, out: { do: 'udp' } },
  { line: 4, out: { do: 'udp', at: { host: 'x', port: 0 }, to: { host: 'y', port: 65_535 } } },
  { line: 5, out: { do: 'lookup', name: 'example.com' } },
  { line: 6, out: { do: 'ask', name: 'x', server: { host: '1.1.1.1', port: 53 }, data: Uint8Array.of(0, 10, 255) } },
  { line: 7, out: { do: 'ping', host: '1.1.1.1' } },
  { line: 8, out: { do: 'send', data: Uint8Array.of(10, 13, 0, 200) } },
  { line: 8, out: { do: 'send', data: new Uint8Array(0), to: { host: 'x', port: 1 } } },
  { line: 8, out: { do: 'end' } },
  { line: 8, out: { do: 'pause' } },
  { line: 8, out: { do: 'resume' } },
  { line: 8, out: { do: 'reset' } },
  { line: 9, taken: 3 },
  { line: 9, took: 0 },
];

const TO: readonly ToDoor[] = [
  {
    hello: {
      gateway: { restrict: true },
      forwards: [{ protocol: 'tcp', at: { host: 'x', port: 1 }, guest: ipv4(192, 168, 1, 50), guestPort: 2 }],
      ports: [{ kind: 'listen', at: { path: '/x' }, wifi: { ssid: 'caf\xc3\xa9' } }],
      dhcp: false,
    },
  },
  { line: 1, in: { is: 'open', at: { host: 'x', port: 1 } } },
  { line: 1, in: { is: 'data', data: Uint8Array.of(1, 10, 255), from: { host: 'x', port: 1 } } },
  { line: 1, in: { is: 'found', addresses: ['1.2.3.4'] } },
  { line: 1, in: { is: 'denied', reason: 'so', remedy: 'x:1' } },
  { line: 1, in: { is: 'closed', error: 'ECONNRESET' } },
  { line: 1, offered: 4, from: { path: '' } },
  { say: 'a line … of text\n' },
];

t.test('what one side says the other side reads', async (t) => {
  for (const message of FROM) t.same(parseFromDoor(emitMessage(message)), message);
  for (const message of TO) t.same(parseToDoor(emitMessage(message)), message);
});

t.test('what a world may not say, or cannot mean, is no message', async (t) => {
  const wrong = [
    '',
    'null\n',
    '[]\n',
    '{"line":1}\n',
    '{"line":0,"out":{"do":"resume"}}\n',
    '{"line":-1,"out":{"do":"resume"}}\n',
    '{"line":1.5,"out":{"do":"resume"}}\n',
    '{"line":"1","out":{"do":"resume"}}\n',
    '{"line":1,"out":{"do":"interfaces"}}\n',
    '{"line":1,"out":{"do":"type"}}\n',
    '{"line":1,"out":{"do":"connect"}}\n',
    '{"line":1,"out":{"do":"connect","to":{"host":"x"}}}\n',
    '{"line":1,"out":{"do":"connect","to":{"host":"x","port":65536}}}\n',
    '{"line":1,"out":{"do":"connect","to":{"host":{},"port":1}}}\n',
    '{"line":1,"out":{"do":"listen","at":{"path":1}}}\n',
    `{"line":1,"out":{"do":"lookup","name":"${'x'.repeat(256)}"}}\n`,
    '{"line":1,"out":{"do":"ask","data":{}}}\n',
    '{"line":1,"taken":-1}\n',
    '{"line":1,"took":"all"}\n',
  ];
  for (const text of wrong) t.equal(parseFromDoor(fromLatin1(text)), undefined, text);
});

t.test('whatever arrives is read without an error', async () => {
  const json = fc.json().map((text) => fromLatin1(`${text.replace(/[^\0-~]/g, '?')}\n`));
  const near = fc
    .record({
      line: fc.anything(),
      out: fc.record({ do: fc.constantFrom('connect', 'send', 'ask', 'udp'), to: fc.anything() }),
    })
    .map((value) =>
      fromLatin1(
        `${JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? 1 : inner)).replace(/[^\0-~]/g, '?')}\n`,
      ),
    );
  fc.assert(fc.property(fc.oneof(fc.uint8Array(), json, near), (bytes) => void parseFromDoor(bytes)));
});
