/** DNS messages in one line, in tcpdump's notation, for describe.ts. */
import { formatIpv4 } from './address.ts';
import type { DnsMessage } from './dns.ts';
import type { DnsQuestion, DnsRecord } from './dns-record.ts';
import { printable } from './printable.ts';

/** RFC 1035 section 4.1.1, by code. */
const RCODES = ['', 'FormErr', 'ServFail', 'NXDomain', 'NotImp', 'Refused'];

/**
 * A query as `7+ A? example.com.` (`+` recursion desired), a response as `7* 1/0/0 A 1.2.3.4`
 * (`*` authoritative, `|` truncated, then answers, authorities, additionals).
 */
export function describeDns(message: DnsMessage): string {
  const { id, response, questions, answers, authorities, additionals } = message;
  if (!response) {
    const known = answers.length > 0 ? ` [${answers.length}a]` : '';
    return `DNS ${id}${message.recursionDesired ? '+' : ''}${known} ${questions.map(describeQuestion).join(', ')}`;
  }
  const marks = `${message.authoritative ? '*' : ''}${message.truncated ? '|' : ''}`;
  const failure = message.rcode === 0 ? '' : ` ${RCODES[message.rcode] ?? `rcode ${message.rcode}`}`;
  const counts = `${answers.length}/${authorities.length}/${additionals.length}`;
  const list = answers.length > 0 ? ` ${answers.map(describeRecord).join(', ')}` : '';
  return `DNS ${id}${marks}${failure} ${counts}${list}`;
}

const dotted = (name: string): string => (name === '.' ? '.' : `${printable(name)}.`);

const describeQuestion = (question: DnsQuestion): string =>
  `${question.type}${question.unicast ? ' (QU)' : ''}? ${dotted(question.name)}`;

function describeRecord(record: DnsRecord): string {
  const flush = record.flush ? '(flush) ' : '';
  switch (record.type) {
    case 'A':
      return `${flush}A ${formatIpv4(record.data)}`;
    case 'AAAA':
      return `${flush}AAAA ${record.data}`;
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return `${flush}${record.type} ${dotted(record.data)}`;
    case 'SOA':
      return `${flush}SOA ${dotted(record.data.mname)}`;
    case 'SRV':
      return `${flush}SRV ${dotted(record.data.target)}:${record.data.port}`;
    case 'TXT':
      return `${flush}TXT ${record.data.map((text) => `"${printable(text)}"`).join(' ')}`;
    default:
      return `${flush}${record.type}`;
  }
}
