import t from 'tap';
import { bytes, type TestWorld, world } from '../../cli/testing/index.ts';
import { seconds, toLatin1 } from '../../runtime/core/index.ts';
import type { TftpServer } from '../../runtime/world/index.ts';

const address = (net: TestWorld, name: string) => {
  const found = net.address(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

t.test('TFTP: files of several blocks are read and written, lost packets come again', async (t) => {
  const net = world();
  const server = net.service('tftp.test') as TftpServer;
  const content = 'x'.repeat(512) + 'y'.repeat(512);
  server.files.set('two-blocks', bytes(content));
  const to = address(net, 'tftp.test');
  const client = net.host().udp(5001);
  client.send('\0\x01two-blocks\0octet\0', to, 69);
  let [got, block] = ['', 1];
  for (; ; block++) {
    const { text, port } = client.expect(`\0\x03\0${String.fromCharCode(block)}`);
    // The acknowledgement of the first block gets lost once.
    if (block === 1) client.expect('\0\x03\0\x01', '2s');
    got += text.slice(4);
    client.send(`\0\x04\0${String.fromCharCode(block)}`, to, port);
    if (text.length < 516) break;
  }
  t.equal(got, content);
  t.equal(block, 3, 'an empty block ends a file of whole blocks');
  net.run('1s');
  t.equal(server.transfers, 0);

  const writer = net.host().udp(5002);
  writer.send('\0\x02new\0octet\0', to, 69);
  const { port } = writer.expect('\0\x04\0\0');
  writer.send(`\0\x03\0\x01${'a'.repeat(512)}`, to, port);
  writer.expect('\0\x04\0\x01');
  writer.send('\0\x03\0\x02bc', to, port);
  writer.expect('\0\x04\0\x02');
  t.equal(toLatin1(server.files.get('new') ?? new Uint8Array()), `${'a'.repeat(512)}bc`);
  writer.send('\0\x01missing\0octet\0', to, 69);
  t.ok(writer.expect('not found').text.startsWith('\0\x05\0\x01'));
  writer.send('\0\x09', to, 69);
  t.ok(writer.expect('illegal').text.startsWith('\0\x05\0\x04'));
  const silent = net.host().udp(5003);
  silent.send('\0\x01two-blocks\0octet\0', to, 69);
  net.world.runFor(seconds(10));
  t.equal(silent.received.length, 6, 'six times, then it gives up');
  t.equal(server.transfers, 0);
});
