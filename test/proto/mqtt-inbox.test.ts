import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { MqttInbox } from '../../runtime/proto/mqtt-inbox.ts';
import { ProtoBench } from '../helpers/proto-bench.ts';

const texts = (pieces: readonly Uint8Array[]): string[] => pieces.map(toLatin1);
const inbox = (bench = new ProtoBench()): MqttInbox => new MqttInbox(bench.env);

t.test('whole messages pass', async (t) => {
  t.same(texts(inbox().take(fromLatin1('abc'))), ['abc']);
});

t.test('a message of known length is put together, and what follows comes after it', async (t) => {
  const box = inbox();
  t.ok(box.keep(fromLatin1('ab'), 5));
  t.same(texts(box.take(fromLatin1('c'))), []);
  t.same(texts(box.take(fromLatin1('deXYZ'))), ['abcde', 'XYZ']);
  t.same(texts(box.take(fromLatin1('next'))), ['next']);
});

t.test('a message of unknown length is looked at again with whatever comes', async (t) => {
  const box = inbox();
  t.ok(box.keep(fromLatin1('a'), undefined));
  t.same(texts(box.take(fromLatin1('bc'))), ['abc']);
  t.same(texts(box.take(fromLatin1('d'))), ['d']);
});

t.test('unwanted bytes are skipped over any number of segments', async (t) => {
  const box = inbox();
  box.skip(5);
  t.same(texts(box.take(fromLatin1('123'))), ['']);
  t.same(texts(box.take(fromLatin1('45678'))), ['678']);
});

t.test('more than 64 KB are not kept', async (t) => {
  const bench = new ProtoBench();
  const box = inbox(bench);
  t.notOk(box.keep(new Uint8Array(0x10000), undefined));
  t.equal(bench.crashes.length, 1);
  t.ok(box.keep(new Uint8Array(0xffff), undefined));
  box.clear();
  t.same(texts(box.take(fromLatin1('x'))), ['x']);
});
