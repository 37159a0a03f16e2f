/**
 * Names of the virtual network: answers A questions from a table (RFC 1035), NXDOMAIN for the rest (RFC 6761 keeps
 * `.test` for exactly this). A function, not a machine; the router gives it a socket.
 * Not here: other record types (an empty NOERROR answer), zones, forwarding, TCP.
 */
import {
  DNS_CLASS_ANY,
  DNS_CLASS_IN,
  type DnsMessage,
  type DnsRecord,
  dnsMessage,
  type Ipv4Address,
  isDnsName,
  RCODE_FORMERR,
  RCODE_NOERROR,
  RCODE_NOTIMP,
  RCODE_NXDOMAIN,
} from '../wire/index.ts';

/** Seconds a client may remember an answer; the firmware never does. */
const TTL_SECONDS = 300;

/** Host names in lower case, without the last dot. */
export type Names = ReadonlyMap<string, Ipv4Address>;

/** The answer to a query; undefined for what is no query. */
export function answerDns(query: DnsMessage, names: Names): DnsMessage | undefined {
  if (query.response) return undefined;
  const reply = {
    id: query.id,
    response: true,
    opcode: query.opcode,
    authoritative: true,
    recursionDesired: query.recursionDesired,
    recursionAvailable: true,
    questions: query.questions,
  };
  if (query.opcode !== 0) return dnsMessage({ ...reply, rcode: RCODE_NOTIMP });
  const [question] = query.questions;
  // RFC 9619: a standard query has exactly one question.
  if (question === undefined || query.questions.length > 1) return dnsMessage({ ...reply, rcode: RCODE_FORMERR });
  // Labels with dots in them and the like cannot be written again.
  if (!isDnsName(question.name)) return dnsMessage({ ...reply, questions: [], rcode: RCODE_FORMERR });
  const address = names.get(question.name.toLowerCase().replace(/\.$/, ''));
  const internet = question.class === DNS_CLASS_IN || question.class === DNS_CLASS_ANY;
  if (address === undefined || !internet) return dnsMessage({ ...reply, rcode: RCODE_NXDOMAIN });
  const record: DnsRecord = { name: question.name, type: 'A', ttl: TTL_SECONDS, data: address };
  const wanted = question.type === 'A' || question.type === 'ANY';
  return dnsMessage({ ...reply, rcode: RCODE_NOERROR, answers: wanted ? [record] : [] });
}
