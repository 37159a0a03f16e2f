/** Segments waiting to be sent or acknowledged, and the queues they wait in. */
import { EMPTY } from '../core/index.ts';
import { seqGeq, seqLeq, seqLt, TCP_FIN, TCP_SYN } from '../wire/index.ts';

/** A segment of ours. Its acknowledgment number and window are filled in each time it is sent. */
export interface Segment {
  readonly seq: number;
  /** SYN, FIN and PSH; ACK is added when it is sent. */
  flags: number;
  /** Payload bytes; `buffer` may have room for more behind them. */
  length: number;
  buffer: Uint8Array;
  /** Carries the MSS option. */
  readonly mssOption: boolean;
  /** It has been handed to an interface before: lwIP's buffer begins with the link header from then on. */
  framed: boolean;
  next: Segment | undefined;
}

/** A segment without payload: SYN or FIN. */
export const controlSegment = (seq: number, flags: number): Segment => ({
  seq,
  flags,
  length: 0,
  buffer: EMPTY,
  mssOption: (flags & TCP_SYN) !== 0,
  framed: false,
  next: undefined,
});

/** Sequence numbers it takes; like lwIP's TCP_TCPLEN, SYN and FIN together count once. */
export const segmentSpan = (segment: { readonly length: number; readonly flags: number }): number =>
  segment.length + ((segment.flags & (TCP_SYN | TCP_FIN)) !== 0 ? 1 : 0);

/**
 * `lo <= x <= hi` in serial order, never true when `hi` lies before `lo`: an empty window contains nothing
 * (tcp_impl.h TCP_SEQ_BETWEEN of the firmware).
 */
export const seqInside = (x: number, lo: number, hi: number): boolean => seqGeq(x, lo) && seqLeq(x, hi);

/** A singly linked list in sequence order. */
export class SegmentQueue {
  head: Segment | undefined = undefined;
  tail: Segment | undefined = undefined;

  push(segment: Segment): void {
    segment.next = undefined;
    if (this.tail === undefined) this.head = segment;
    else this.tail.next = segment;
    this.tail = segment;
  }

  shift(): Segment | undefined {
    const first = this.head;
    if (first === undefined) return undefined;
    this.head = first.next;
    if (this.head === undefined) this.tail = undefined;
    first.next = undefined;
    return first;
  }

  /** Puts a segment back in its place; the usual place is the end. */
  insert(segment: Segment): void {
    if (this.tail === undefined || seqLeq(this.tail.seq, segment.seq)) {
      this.push(segment);
      return;
    }
    let before: Segment | undefined;
    let after = this.head;
    while (after !== undefined && seqLt(after.seq, segment.seq)) {
      before = after;
      after = after.next;
    }
    segment.next = after;
    if (before === undefined) this.head = segment;
    else before.next = segment;
  }

  /** Moves all segments of `other` in front of these. */
  prepend(other: SegmentQueue): void {
    if (other.tail === undefined) return;
    other.tail.next = this.head;
    this.head = other.head;
    this.tail ??= other.tail;
    other.clear();
  }

  clear(): void {
    this.head = undefined;
    this.tail = undefined;
  }
}
