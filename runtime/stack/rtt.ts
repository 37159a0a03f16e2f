/**
 * Round-trip time and retransmission time-out (RFC 6298), counted in slow ticks as lwIP does.
 * srtt is kept times 8 and rttvar times 4, Van Jacobson's fixed point.
 */
import { seqLt } from '../wire/index.ts';

/** tcp.c tcp_backoff: the shift of the time-out after n retransmissions. */
const BACKOFF = [1, 2, 3, 4, 5, 6, 7] as const;
const LAST_BACKOFF = 7;

export class RttEstimator {
  /** Smoothed round-trip time in eighths of a tick. */
  srtt = 0;
  /** Mean deviation in quarters of a tick. */
  rttvar: number;
  /** Retransmission time-out in ticks. */
  rto: number;
  /** Tick at which the measured segment left; 0 for none. lwIP 1.4: so nothing sent at tick 0 is ever measured. */
  #sentAt = 0;
  #measuredSeq = 0;

  /** `initialRto` in ticks; it is the first variance too (tcp.c tcp_alloc). */
  constructor(initialRto: number) {
    this.rttvar = initialRto;
    this.rto = initialRto;
  }

  /** A segment leaves: measures it unless another measurement runs. */
  onSend(seq: number, tick: number): void {
    if (this.#sentAt !== 0) return;
    this.#sentAt = tick;
    this.#measuredSeq = seq;
  }

  /** Karn's algorithm (RFC 6298 section 3): what was sent twice measures nothing. */
  onRetransmit(): void {
    this.#sentAt = 0;
  }

  /** New data was acknowledged: the time-out returns from its back-off. */
  onNewAck(): void {
    this.rto = this.#base();
  }

  /** An acknowledgment arrived; takes the sample if it covers the measured segment. */
  onAck(ack: number, tick: number): void {
    if (this.#sentAt === 0 || !seqLt(this.#measuredSeq, ack)) return;
    const error = tick - this.#sentAt - (this.srtt >> 3);
    this.srtt += error;
    this.rttvar += Math.abs(error) - (this.rttvar >> 2);
    this.rto = this.#base();
    this.#sentAt = 0;
  }

  /** RFC 6298 section 5.5. lwIP 1.4: the factor is a table from 2 to 128 by the number of earlier retransmissions. */
  backOff(retransmits: number): void {
    this.rto = this.#base() << (BACKOFF[retransmits] ?? LAST_BACKOFF);
  }

  #base(): number {
    return (this.srtt >> 3) + this.rttvar;
  }
}
