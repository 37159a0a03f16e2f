/** A syslog collector over UDP (RFC 5426) for both forms of message, RFC 3164 and RFC 5424. It never answers. */
import { type Clock, type Micros, toLatin1 } from '../core/index.ts';
import type { Ipv4Address } from '../wire/index.ts';
import type { Host } from './host.ts';
import { type Service, type ServiceFaults, ServicePort } from './service.ts';

export const SYSLOG_PORT = 514;

export interface SyslogMessage {
  readonly at: Micros;
  readonly from: Ipv4Address;
  /** RFC 5424 section 6.2.1: 0 emergency to 7 debug. */
  readonly severity: number;
  readonly facility: number;
  /** What follows the priority, Latin-1. */
  readonly text: string;
}

/** RFC 3164 section 4.3.3: what has no priority counts as user, notice. */
const NO_PRIORITY = 13;

export class SyslogSink implements Service {
  readonly faults: ServiceFaults = {};
  readonly messages: SyslogMessage[] = [];
  onMessage: ((message: SyslogMessage) => void) | undefined;

  /** Takes UDP port 514 of `host`. */
  constructor(clock: Clock, host: Host) {
    new ServicePort(clock, host, SYSLOG_PORT, this.faults, (bytes, from) => {
      const message = { at: clock.now(), from, ...readSyslog(toLatin1(bytes)) };
      this.messages.push(message);
      this.onMessage?.(message);
    });
  }
}

function readSyslog(text: string): Pick<SyslogMessage, 'severity' | 'facility' | 'text'> {
  const [head = '', digits = ''] = /^<(\d{1,3})>/.exec(text) ?? [];
  const priority = Number(digits);
  const known = head !== '' && priority <= 191;
  const value = known ? priority : NO_PRIORITY;
  return { severity: value & 7, facility: value >> 3, text: text.slice(known ? head.length : 0).replace(/\n$/, '') };
}
