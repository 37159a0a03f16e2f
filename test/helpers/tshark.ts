/** tshark as a second opinion on captures, where it is installed. */
import { spawnSync } from 'node:child_process';

export const TSHARK = spawnSync('tshark', ['--version']).status === 0;

/** Every checksum validated (most are taken on trust by default). */
const VALIDATE = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'].flatMap((p) => ['-o', `${p}:TRUE`]);

/** The chosen fields of every packet that the display filter takes, one row each. */
export function tsharkFields(path: string, filter: string, fields: readonly string[]): string[][] {
  const select = fields.flatMap((field) => ['-e', field]);
  const args = ['-r', path, ...VALIDATE, '-Y', filter, '-T', 'fields', ...select];
  const { status, stdout, stderr } = spawnSync('tshark', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tshark: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

/** Expert severity Warning; what is below (a FIN, a keep-alive) belongs to ordinary conversations. */
const WARNING = 6291456;

/** What in a capture is wrong to Wireshark: anything malformed, a bad checksum, a warning or error of its experts. */
const COMPLAINTS = [
  '_ws.malformed',
  ...['ip', 'tcp', 'udp', 'icmp', 'igmp'].map((protocol) => `${protocol}.checksum.status == 0`),
  `_ws.expert.severity >= ${WARNING}`,
];

/** One line for each packet with a complaint, apart from those that the display filter `except` takes. */
export function tsharkComplaints(path: string, except?: string): string[] {
  const any = `(${COMPLAINTS.join(' || ')})`;
  const filter = except === undefined ? any : `${any} && !(${except})`;
  const rows = tsharkFields(path, filter, ['frame.number', '_ws.col.Info', '_ws.expert.message']);
  return rows.map((row) => row.join(' | '));
}
