/**
 * Slow start, congestion avoidance, fast retransmit and fast recovery (RFC 5681), with lwIP 1.4's arithmetic:
 * 16-bit windows that stop growing instead of wrapping, Reno recovery that ends at the first new acknowledgment.
 */

const U16_MAX = 0xffff;
/** RFC 5681 section 3.2. */
const DUPLICATE_ACKS = 3;

export class Congestion {
  /** In bytes. tcp.c tcp_alloc: 1 until the connection is established, room for exactly the SYN. */
  cwnd = 1;
  ssthresh = 0;
  dupAcks = 0;
  inRecovery = false;

  /** The handshake is complete. tcp_in.c: two segments, or one if the handshake was retransmitted. */
  onEstablished(mss: number): void {
    this.cwnd = this.cwnd === 1 ? mss * 2 : mss;
  }

  /** An acknowledgment of new data. */
  onNewAck(mss: number): void {
    if (this.inRecovery) {
      this.inRecovery = false;
      this.cwnd = this.ssthresh;
    }
    this.dupAcks = 0;
    if (this.cwnd < this.ssthresh) this.#grow(mss);
    else this.#grow(Math.floor((mss * mss) / this.cwnd));
  }

  /** A duplicate acknowledgment. Returns true when it is the third in a row: time for fast retransmit. */
  onDuplicateAck(mss: number): boolean {
    this.dupAcks++;
    if (this.dupAcks > DUPLICATE_ACKS) this.#grow(mss);
    return this.dupAcks === DUPLICATE_ACKS;
  }

  /** After fast retransmit: half the flight, plus the three segments known to have left the network. */
  enterRecovery(mss: number, sndWnd: number): void {
    this.ssthresh = Math.max(Math.min(this.cwnd, sndWnd) >> 1, 2 * mss);
    this.cwnd = Math.min(this.ssthresh + DUPLICATE_ACKS * mss, U16_MAX);
    this.inRecovery = true;
  }

  /** The retransmission timer expired. */
  onTimeout(mss: number, sndWnd: number): void {
    this.ssthresh = Math.max(Math.min(this.cwnd, sndWnd) >> 1, 2 * mss);
    this.cwnd = mss;
  }

  #grow(bytes: number): void {
    if (this.cwnd + bytes <= U16_MAX) this.cwnd += bytes;
  }
}
