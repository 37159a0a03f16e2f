/** Wireshark's opinion of what the codecs emit: every checksum verified, nothing malformed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { concat, ms } from '../../runtime/core/index.ts';
import { pcapHeader, pcapngHeader, pcapngInterface, pcapngPacket, pcapRecord } from '../../runtime/wire/index.ts';
import { SAMPLES, tcp } from '../helpers/sample-frames.ts';

const VALIDATE = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'].flatMap((name) => [
  '-o',
  `${name}:TRUE`,
]);
const present = spawnSync('tshark', ['--version']).status === 0;
// In CI a missing tshark is a failure: the test would otherwise disappear without anyone noticing.
const skip = present || process.env.CI ? false : 'tshark is not installed (apt-get install tshark): nothing checked';

/** What tshark prints about a capture. */
function tshark(t: Test, file: Uint8Array, args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'wire-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'frames.cap');
  writeFileSync(path, file);
  const run = spawnSync('tshark', ['-n', '-r', path, ...VALIDATE, ...args], { encoding: 'utf8' });
  t.equal(run.status, 0, run.error?.message ?? run.stderr);
  return run.stdout;
}

const capture = concat(pcapHeader(), ...SAMPLES.map(({ frame }, i) => pcapRecord(ms(i), frame)));
const EXPERT = ['-T', 'fields', '-e', 'frame.number', '-e', '_ws.expert.message', '-e', '_ws.malformed'];

t.test('tshark finds nothing malformed and no bad checksum in any sample', { skip }, async (t) => {
  const complaints =
    '_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0 || ' +
    'icmp.checksum.status == 0 || igmp.checksum.status == 0';
  t.equal(tshark(t, capture, ['-Y', complaints, ...EXPERT]), '');
});

t.test('tshark verified the checksum of every header and of every transport', { skip }, async (t) => {
  const transports = ['tcp', 'udp', 'icmp', 'igmp'].flatMap((name) => ['-e', `${name}.checksum.status`]);
  const rows = tshark(t, capture, ['-T', 'fields', '-e', 'ip.checksum.status', ...transports]).split('\n');
  SAMPLES.forEach(({ what, line }, i) => {
    if (!line.startsWith('IP ')) return;
    const [header = '', ...rest] = rows[i]?.split('\t') ?? [];
    t.match(header, /^1/, `${what}: header`);
    // A fragment has no transport to look at; an error message quotes a second one.
    if (!line.includes('frag')) t.match(rest.join(''), /^1+$/, `${what}: transport`);
  });
});

t.test('tshark sees the protocols that were meant', { skip }, async (t) => {
  const columns = tshark(t, capture, ['-T', 'fields', '-e', '_ws.col.Protocol']).trimEnd().split('\n');
  t.equal(columns.length, SAMPLES.length);
  t.same([...new Set(columns)].sort(), [
    'ARP',
    'DHCP',
    'DNS',
    'EAPOL',
    'ICMP',
    'IGMPv1',
    'IGMPv2',
    'IPv4',
    'MDNS',
    'TCP',
    'UDP',
  ]);
});

t.test('tshark does complain of a segment with one bit changed', { skip }, async (t) => {
  const frame = tcp({});
  frame[38] = (frame[38] ?? 0) ^ 1;
  const file = concat(pcapHeader(), pcapRecord(ms(0), frame));
  t.match(tshark(t, file, ['-Y', 'tcp.checksum.status == 0', ...EXPERT]), /Bad checksum/);
});

t.test('tshark reads pcapng with its interface, times and comments', { skip }, async (t) => {
  const file = concat(
    pcapngHeader(),
    pcapngInterface(1, 'lan'),
    ...SAMPLES.map(({ frame, what }, i) => pcapngPacket(0, ms(1.5 * i), frame, what)),
  );
  const fields = ['frame.interface_name', 'frame.time_epoch', 'frame.comment'].flatMap((name) => ['-e', name]);
  const lines = tshark(t, file, ['-T', 'fields', ...fields])
    .trimEnd()
    .split('\n');
  t.same(
    lines,
    SAMPLES.map(({ what }, i) => `lan\t${(i * 0.0015).toFixed(9)}\t${what}`),
  );
});
