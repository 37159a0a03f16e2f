import t from 'tap';
import { concat, fromLatin1 } from '../../runtime/core/index.ts';
import { DnsAnswer } from '../../runtime/stack/dns-answer.ts';

const SIZE = 512;
const ADDRESS = [192, 168, 1, 11];
const FOUND = { addr: 0xc0a8010b, ttl: 60 };
const POINTER = [0xc0, 12];

const label = (text: string) => concat(Uint8Array.of(text.length), fromLatin1(text));
const wireName = (...labels: string[]) => concat(...labels.map(label), Uint8Array.of(0));
const head = (flags: number, questions = 1, answers = 1) =>
  Uint8Array.of(0x12, 0x34, flags >> 8, flags & 255, 0, questions, 0, answers, 0, 0, 0, 0);
const question = (...labels: string[]) => concat(wireName(...labels), Uint8Array.of(0, 1, 0, 1));
const record = (name: Uint8Array | number[], type: number, data: number[]) =>
  concat(Uint8Array.from(name), Uint8Array.of(0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data));
const find = (name: string, ...parts: Uint8Array[]) => new DnsAnswer(concat(...parts), SIZE).find(name);

t.test('the first address record is taken, whatever name it has and what stands before it', async (t) => {
  const asked = [head(0x8180, 1, 2), question('a', 'test')] as const;
  t.same(find('a.test', ...asked, record(POINTER, 1, ADDRESS)), FOUND);
  t.same(find('a.test', ...asked, record(wireName('other'), 1, ADDRESS)), FOUND);
  t.same(find('a.test', ...asked, record(POINTER, 5, [1, 98, 0]), record(wireName('b'), 1, ADDRESS)), FOUND);
  t.same(find('a.test', ...asked, record(POINTER, 28, Array(16).fill(1)), record(POINTER, 1, ADDRESS)), FOUND);
});

t.test('an answer without an address, or whose address is not four bytes, has none', async (t) => {
  t.equal(find('a.test', head(0x8180), question('a', 'test'), record(POINTER, 5, [1, 98, 0])), undefined);
  t.equal(find('a.test', head(0x8180), question('a', 'test'), record(POINTER, 1, [...ADDRESS, 0])), undefined);
  t.equal(find('a.test', head(0x8180, 1, 200), question('a', 'test')), undefined, 'records that are not there');
});

t.test('another question is refused, its case counts, and a beginning of the name is enough', async (t) => {
  const answer = record(POINTER, 1, ADDRESS);
  t.equal(find('a.test', head(0x8180), question('b', 'test'), answer), undefined);
  t.equal(find('a.test', head(0x8180), question('A', 'test'), answer), undefined);
  t.same(find('a.test', head(0x8180), question('a'), answer), FOUND);
});

t.test('names that no server would send are compared label by label as they were asked', async (t) => {
  const labels = ['', 'host_', '300'];
  const asked = concat(...labels.map(label), Uint8Array.of(0, 0, 1, 0, 1));
  const answer = new DnsAnswer(concat(head(0x8180), asked, record(POINTER, 1, ADDRESS)), SIZE);
  t.doesNotThrow(() => answer.find('.host_.300'));
});

t.test('only a response without error to exactly one question is usable', async (t) => {
  const usable = (...header: Parameters<typeof head>) => new DnsAnswer(head(...header), SIZE).usable;
  t.equal(usable(0x8180), true);
  t.equal(usable(0x8380), true, 'truncated ones too');
  t.equal(usable(0x0100), false);
  t.equal(usable(0x8183), false);
  t.equal(usable(0x8180, 0), false);
  t.equal(usable(0x8180, 2), false);
});
