import fc from 'fast-check';
import t from 'tap';
import { hex } from '../../runtime/core/index.ts';
import {
  addressMessage,
  DNS_SD_SERVICES,
  fitsBuffers,
  hostName,
  instanceName,
  type MdnsService,
  matchesName,
  noRecordMessage,
  questionsOf,
  serviceMessage,
  servicesMessage,
  TYPE,
} from '../../runtime/proto/mdns-packet.ts';
import { type DnsMessage, parseDns } from '../../runtime/wire/index.ts';
import { arbText } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { at } from '../helpers/wired.ts';

const LAMP: MdnsService = {
  host: 'lamp',
  description: 'Lamp in the hall',
  service: 'http',
  port: 8080,
  attributes: ['room=hall'],
};

function parsed(message: Uint8Array | undefined): DnsMessage {
  const result = parseDns(message ?? new Uint8Array());
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

t.test('a service is told with its text, place and address', async (t) => {
  const message = parsed(serviceMessage(7, LAMP, at(50), false));
  const instance = 'Lamp in the hall._http._tcp.local';
  t.match(message, { id: 7, response: true, authoritative: true });
  t.same(message.answers, [
    { name: '_http._tcp.local', ttl: 300, type: 'PTR', data: instance },
    { name: instance, ttl: 300, flush: true, type: 'TXT', data: ['room=hall', 'platform=nodemcu'] },
    {
      name: instance,
      ttl: 300,
      flush: true,
      type: 'SRV',
      data: { priority: 0, weight: 0, port: 8080, target: 'lamp.local' },
    },
    { name: 'lamp.local', ttl: 300, flush: true, type: 'A', data: at(50) },
  ]);
  t.match(message.additionals, [{ name: 'lamp.local', type: 'TYPE47' }], 'and that there is no other address');
});

t.test('for one asker lifetimes are short and nothing is flushed', async (t) => {
  const { answers } = parsed(serviceMessage(7, LAMP, at(50), true));
  t.ok(answers.every(({ ttl, flush }) => ttl === 10 && flush === undefined));
  t.match(parsed(servicesMessage(1, LAMP, true)).answers, [{ ttl: 10 }]);
  t.match(parsed(servicesMessage(1, LAMP, false)).answers, [
    { name: DNS_SD_SERVICES, ttl: 3600, data: '_http._tcp.local' },
  ]);
  t.match(parsed(addressMessage(1, LAMP, at(50), true)).answers, [{ name: 'lamp.local', ttl: 10, data: at(50) }]);
});

t.test('an own platform replaces the default', async (t) => {
  const message = serviceMessage(0, { ...LAMP, attributes: ['platform=mine'] }, at(50), false);
  t.match(parsed(message).answers[1], { data: ['platform=mine'] });
});

t.test('a name without such records is told by the types it has', async (t) => {
  const bitmap = (types: readonly number[]) => hex(noRecordMessage(0, 'a.local', types, false)).slice(-14);
  t.equal(bitmap([TYPE.A]), '05c00c000140'.padStart(14, '0'));
  t.equal(
    hex(noRecordMessage(0, 'a.local', [TYPE.TXT, TYPE.SRV], false)).endsWith('c00c0005 0000800040'.replace(' ', '')),
    true,
  );
});

t.test('what does not fit into the firmware’s buffer is not sent', async (t) => {
  const long = { ...LAMP, attributes: ['x'.repeat(250), 'y'.repeat(150)] };
  t.equal(serviceMessage(0, long, at(50), false), undefined);
  t.ok(serviceMessage(0, { ...LAMP, attributes: ['x'.repeat(250)] }, at(50), false));
});

t.test('names are cut where the firmware’s are; longer ones run over its buffers', async (t) => {
  t.equal(hostName({ ...LAMP, host: 'h'.repeat(200) }).length, 125);
  t.equal(instanceName({ ...LAMP, description: 'd'.repeat(200) }).length, 125);
  t.ok(fitsBuffers(LAMP));
  t.notOk(fitsBuffers({ ...LAMP, service: 's'.repeat(120) }));
  t.notOk(fitsBuffers({ ...LAMP, description: 'd'.repeat(480) }));
});

const LAMP_LOCAL = '04 6c616d70 05 6c6f63616c 00';

t.test('questions are read one after the other, and what is cut off reads as zero', async (t) => {
  const two = bytes(`0000 0000 0002 0000 0000 0000 ${LAMP_LOCAL} 0001 8001 c00c 001c 0001`);
  t.same(questionsOf(two), [
    { at: 12, type: 1, class: 0x8001 },
    { at: 28, type: 28, class: 1 },
  ]);
  t.same(questionsOf(bytes(`0000 0000 0002 0000 0000 0000 ${LAMP_LOCAL} 00`)), [{ at: 12, type: 0, class: 0 }]);
  t.same(questionsOf(bytes('0000 0000 0001 0000 0000 0000 3f')), [{ at: 12, type: 0x3f, class: 0 }], 'one byte before');
});

t.test('names are compared in either case, through pointers, and by their leading labels', async (t) => {
  const message = bytes(`${'00'.repeat(12)} 04 4c414d70 05 6c6f63616c 00 c00c 04 6c616d70 00 c0ff c03f`);
  t.ok(matchesName('lamp.local', message, 12));
  t.ok(matchesName('lamp.local', message, 24), 'a pointer');
  t.ok(matchesName('lamp.local', message, 26), 'the first label is enough');
  t.notOk(matchesName('lamps.local', message, 12));
  t.equal(matchesName('lamp.local', message, 32), false, 'forward');
  t.equal(matchesName('lamp.local', bytes('c000'), 0), 'for ever', 'to itself');
});

t.test('no message hangs the reader or leaves it', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 512 }), (noise) => {
      for (const question of questionsOf(noise))
        for (const name of [DNS_SD_SERVICES, 'lamp.local']) matchesName(name, noise, question.at);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

t.test('any text makes a message', async () => {
  const text = arbText(80);
  fc.assert(
    fc.property(text, text, text, fc.array(text, { maxLength: 10 }), (host, description, service, attributes) => {
      const info = { host, description, service, port: 1, attributes };
      const message = serviceMessage(0, info, at(50), false);
      if (message !== undefined && message.length > 528) throw new Error(`${message.length} bytes`);
      addressMessage(0, info, at(50), true);
      servicesMessage(0, info, true);
    }),
    { seed: 1 },
  );
});
