/** The part of a dissected frame behind UDP and TCP: DHCP, DNS, HTTP, and the one-line texts of the others. See dissect.ts. */
import { toLatin1, u8, u16 } from '../core/index.ts';
import { formatIpv4, formatMac, readIpv4, readMac } from './address.ts';
import { COAP_PORT, parseCoap } from './coap.ts';
import { describeCoap } from './describe-coap.ts';
import { describeDhcp } from './describe-dhcp.ts';
import { describeDns } from './describe-dns.ts';
import { describeMqtt } from './describe-mqtt.ts';
import { DHCP_CLIENT_PORT, DHCP_SERVER_PORT, parseDhcp } from './dhcp.ts';
import { type Field, field, rest } from './dissect-field.ts';
import { DNS_HLEN, DNS_PORT, MDNS_PORT, parseDns } from './dns.ts';
import { MQTT_PORT } from './mqtt.ts';
import { printable } from './printable.ts';

const HTTP = /^(?:[A-Z]+ \S+ HTTP\/1\.[01]|HTTP\/1\.[01] \d{3}[^\r\n]*)\r?\n/;

/** `from` to `to` of the frame, by its ports and by what it looks like. */
export function dissectPayload(frame: Uint8Array, from: number, to: number, srcPort: number, dstPort: number): Field[] {
  const bytes = frame.subarray(from, to);
  const uses = (...ports: readonly number[]): boolean => ports.includes(srcPort) || ports.includes(dstPort);
  if (uses(DHCP_CLIENT_PORT, DHCP_SERVER_PORT)) return [dhcp(frame, bytes, from, to)];
  if (uses(DNS_PORT, MDNS_PORT)) return [dns(frame, bytes, from, to)];
  if (uses(COAP_PORT)) {
    const message = parseCoap(bytes);
    if (message.ok) return [field('Constrained Application Protocol', describeCoap(message.value), from, to)];
  }
  if (uses(MQTT_PORT)) {
    const text = describeMqtt(bytes);
    if (text !== undefined) return [field('MQ Telemetry Transport', text, from, to)];
  }
  return HTTP.test(toLatin1(bytes.subarray(0, 1024))) ? http(frame, bytes, from, to) : [rest(frame, from, to)];
}

function dhcp(frame: Uint8Array, bytes: Uint8Array, from: number, to: number): Field {
  const message = parseDhcp(bytes);
  if (!message.ok) return rest(frame, from, to);
  const { options } = message.value;
  // RFC 2131 section 2: fixed fields, then the cookie at 236 and the options behind it.
  return {
    label: 'Dynamic Host Configuration Protocol',
    value: describeDhcp(message.value).replace(/^DHCP (\w+).*$/, '$1'),
    from,
    to,
    fields: [
      field('Message op', u8(frame, from), from, from + 1),
      field('Transaction ID', `0x${toHex(frame, from + 4, 4)}`, from + 4, from + 8),
      field('Client IP', formatIpv4(readIpv4(frame, from + 12)), from + 12, from + 16),
      field('Your IP', formatIpv4(readIpv4(frame, from + 16)), from + 16, from + 20),
      field('Client MAC', formatMac(readMac(frame, from + 28)), from + 28, from + 34),
      field('Options', describeDhcp(message.value), from + 240, to),
      ...(options.leaseTime === undefined ? [] : [field('Lease Time', `${options.leaseTime} s`, from + 240, to)]),
    ],
  };
}

const toHex = (frame: Uint8Array, at: number, length: number): string =>
  Array.from(frame.subarray(at, at + length), (byte) => byte.toString(16).padStart(2, '0')).join('');

function dns(frame: Uint8Array, bytes: Uint8Array, from: number, to: number): Field {
  const message = parseDns(bytes);
  if (!message.ok || bytes.length < DNS_HLEN) return rest(frame, from, to);
  const { response, questions, answers } = message.value;
  const count = (label: string, at: number): Field => field(label, u16(frame, from + at), from + at, from + at + 2);
  return {
    label: 'Domain Name System',
    value: response ? 'response' : 'query',
    from,
    to,
    fields: [
      field('Transaction ID', `0x${toHex(frame, from, 2)}`, from, from + 2),
      field('Flags', `0x${toHex(frame, from + 2, 2)}`, from + 2, from + 4),
      count('Questions', 4),
      count('Answer RRs', 6),
      count('Authority RRs', 8),
      count('Additional RRs', 10),
      ...questions.map(({ name, type }) => field('Query', `${type} ${printable(name)}`, from + DNS_HLEN, to)),
      ...(answers.length > 0 ? [field('Answers', describeDns(message.value), from + DNS_HLEN, to)] : []),
    ],
  };
}

/** Request or status line, every header, and the body behind them. */
function http(frame: Uint8Array, bytes: Uint8Array, from: number, to: number): Field[] {
  const text = toLatin1(bytes);
  const lines: Field[] = [];
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const next = end < 0 ? text.length : end + 1;
    const line = text.slice(at, next).replace(/\r?\n$/, '');
    const colon = lines.length === 0 ? -1 : line.indexOf(':');
    if (line !== '')
      lines.push(
        colon < 0
          ? field(printable(line), '', from + at, from + next)
          : field(printable(line.slice(0, colon)), printable(line.slice(colon + 1).trim()), from + at, from + next),
      );
    at = next;
    if (line === '') break;
  }
  const head: Field = {
    label: 'Hypertext Transfer Protocol',
    value: '',
    from,
    to: from + at,
    fields: lines,
  };
  return at < text.length ? [head, rest(frame, from + at, to)] : [head];
}
