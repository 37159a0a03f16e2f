/** The capture of a run as Wireshark reads it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { mcubox } from '../../cli/mcubox.ts';
import { TSHARK, tsharkComplaints, tsharkFields } from '../helpers/tshark.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const needs = TSHARK ? {} : { skip: 'tshark is not installed' };

async function capture(path: string, ...args: string[]): Promise<void> {
  const errors: string[] = [];
  const io = { out: async () => true, err: (line: string) => errors.push(line), onInterrupt: () => () => {} };
  const code = await mcubox(['run', ...args, '--pcap', path], io);
  if (code !== 0) throw new Error(`exit ${code}: ${errors.join('\n')}`);
}
const example = (name: string): string => join(ROOT, 'lua-examples', name);

t.test('a fetched page is ARP, DHCP, DNS and TCP from SYN to the last FIN, in order', needs, async (t) => {
  const path = join(t.testdir({}), 'out.pcap');
  await capture(path, example('http-get.lua'));
  t.same(tsharkComplaints(path), [], 'nothing malformed, every checksum right, no warning of the TCP analysis');

  const dhcp = tsharkFields(path, 'dhcp', ['dhcp.option.dhcp']).flat();
  t.same(dhcp, ['1', '2', '3', '5'], 'DISCOVER, OFFER, REQUEST, ACK');
  const dns = tsharkFields(path, 'dns', ['dns.flags.response', 'dns.qry.name', 'dns.a']);
  t.same(
    dns.map((row) => row.join(' ').trim()),
    ['0 http.test', '1 http.test 192.168.1.10'],
  );

  const stream = tsharkFields(path, 'tcp', ['ip.src', 'tcp.flags.syn', 'tcp.flags.fin', 'tcp.flags.reset']);
  t.same(stream[0], ['192.168.1.50', '1', '0', '0']);
  t.same(stream[1], ['192.168.1.10', '1', '0', '0']);
  t.same(
    stream.filter((row) => row[2] === '1').map((row) => row[0]),
    ['192.168.1.10', '192.168.1.50'],
    'a FIN each',
  );
  t.equal(stream.filter((row) => row[3] === '1').length, 0, 'no reset');
  t.match(stream.at(-1), ['192.168.1.10', '0', '0', '0'], 'the last FIN is acknowledged');

  const order = tsharkFields(path, 'arp.opcode == 2 || dhcp || dns || tcp.flags.syn == 1', ['frame.protocols']).flat();
  const kinds = order.map((protocols) => protocols.split(':').at(-1));
  t.same(kinds, ['dhcp', 'dhcp', 'dhcp', 'dhcp', 'arp', 'dns', 'dns', 'arp', 'tcp', 'tcp']);
});

for (const name of ['large-body.lua', 'upload.lua', 'udp-echo.lua', 'ping.lua']) {
  t.test(`the capture of ${name} has no complaint`, needs, async (t) => {
    const path = join(t.testdir({}), 'out.pcap');
    await capture(path, example(name));
    // A sender that is faster than the device fills its window of 5840 bytes; that is no fault.
    t.same(tsharkComplaints(path, 'tcp.analysis.window_full'), []);
  });
}

t.test(
  'timestamps are virtual: the capture begins with the world, and two runs are the same file',
  needs,
  async (t) => {
    const dir = t.testdir({});
    for (const name of ['a', 'b']) await capture(join(dir, `${name}.pcap`), example('udp-echo.lua'));
    const [[first]] = tsharkFields(join(dir, 'a.pcap'), 'frame.number == 1', ['frame.time_epoch']) as [[string]];
    t.ok(Number(first) < 0.001, first);
    t.ok(readFileSync(join(dir, 'a.pcap')).equals(readFileSync(join(dir, 'b.pcap'))));
  },
);
