import fc from 'fast-check';
import t from 'tap';
import { hex, toLatin1 } from '../../runtime/core/index.ts';
import { coapUriOptions, parseCoapUri } from '../../runtime/proto/coap-uri.ts';
import { COAP_OPTION, emitCoap } from '../../runtime/wire/index.ts';

const options = (text: string): string[] => {
  const uri = parseCoapUri(text);
  return uri === undefined
    ? ['refused']
    : coapUriOptions(uri).map(({ number, value }) => `${number} ${toLatin1(value)}`);
};

t.test('addresses are taken apart', async (t) => {
  const uri = (text: string) => parseCoapUri(text);
  t.same(uri('coap://192.168.1.10'), { host: '192.168.1.10', port: 5683, path: '', query: '' });
  t.same(uri('COAPS://Esp.LOCAL:77/a/b?x=1&y'), { host: 'esp.local', port: 77, path: 'a/b', query: 'x=1&y' });
  t.same(uri('coap://[fe80::1]:9/x'), { host: 'fe80::1', port: 9, path: 'x', query: '' });
  t.same(uri('coap://h:/x'), { host: 'h', port: 5683, path: 'x', query: '' });
  t.same(uri('coap://h:65537/'), { host: 'h', port: 1, path: '', query: '' }, '16 bits');
  t.same(uri('/x?y'), { host: '', port: 5683, path: 'x', query: 'y' });
});

t.test('what the firmware refuses is refused', async (t) => {
  for (const text of [
    '',
    'http://h/',
    'coap:/h',
    'coap://',
    'coap:///x',
    'coap://:5683/x',
    'coap://[]/x',
    'coap://h?x',
  ])
    t.equal(parseCoapUri(text), undefined, text);
  t.equal(parseCoapUri('coap://h:1x/'), undefined);
  t.same(parseCoapUri('coap://h:1?x'), { host: 'h', port: 1, path: '', query: 'x' }, 'a query behind a port is fine');
});

t.test('host, port, segments and terms become options', async (t) => {
  t.same(options('coap://h:5684/a/b%2Fc?q=1&r'), ['3 h', `7 ${'\x16\x34'}`, '11 a', '11 b/c', '15 q=1', '15 r']);
  t.same(options('coap://h/a#frag/b?q#r'), ['3 h', '11 a', '15 q'], 'fragments end a part');
  t.same(options('/a'), ['11 a']);
  const uri = parseCoapUri('coap://h:0/');
  t.same(uri && coapUriOptions(uri).map(({ value }) => hex(value)), ['68', ''], 'port 0 takes no bytes');
});

t.test('empty segments, dots and wrong encodings are left out', async (t) => {
  t.same(options('coap://h//a/./../..x/.y/%4/%zz/%41'), ['3 h', '11 a', '11 .y', '11 A']);
});

t.test('there is room for 60 bytes of segments', async (t) => {
  t.same(options(`coap://h/${'a'.repeat(50)}/${'b'.repeat(20)}/cc`), ['3 h', `11 ${'a'.repeat(50)}`, '11 cc']);
});

t.test('any text is refused or makes a message', async () => {
  fc.assert(
    fc.property(fc.constantFrom('coap://', 'coap://h', '/', ''), fc.string({ maxLength: 40 }), (head, tail) => {
      const uri = parseCoapUri(head + tail);
      if (uri === undefined) return;
      const list = coapUriOptions(uri);
      emitCoap({ type: 'CON', code: 1, id: 1, token: new Uint8Array(), options: list, payload: new Uint8Array() });
      if (
        list.some(({ number }) => number !== COAP_OPTION.URI_HOST) &&
        uri.path + uri.query === '' &&
        uri.port === 5683
      )
        throw new Error(head + tail);
    }),
    { seed: 1, numRuns: 500 },
  );
});
