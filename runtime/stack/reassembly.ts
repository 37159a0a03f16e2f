/**
 * Segments that arrived ahead of a hole (tcp_in.c ooseq). They keep their own boundaries, because each becomes one
 * receive call; overlaps are cut so that the queue is free of them and in sequence order.
 */
import { seqAdd, seqDiff, seqGeq, seqGt, seqLt, TCP_FIN } from '../wire/index.ts';
import { segmentSpan } from './tcp-segment.ts';

/** A segment of the peer, or what is left of it after cutting. */
export interface Arrival {
  seq: number;
  flags: number;
  length: number;
  payload: Uint8Array;
}

/** Cuts the front so that it begins at `seq`. */
export function trimFront(segment: Arrival, seq: number): void {
  const cut = seqDiff(seq, segment.seq);
  segment.payload = segment.payload.subarray(cut);
  segment.length -= cut;
  segment.seq = seq;
}

/** Cuts the payload to `length` bytes; flags stay. */
export function trimEnd(segment: Arrival, length: number): void {
  segment.payload = segment.payload.subarray(0, length);
  segment.length = length;
}

const end = (segment: Arrival): number => seqAdd(segment.seq, segment.length);
const hasFin = (segment: Arrival): boolean => (segment.flags & TCP_FIN) !== 0;

/** lwIP 1.4: only what goes behind another segment is cut. What is first in the queue may reach beyond the window. */
function trimToWindow(segment: Arrival, windowEnd: number): void {
  const room = seqDiff(windowEnd, segment.seq);
  if (segmentSpan(segment) <= room) return;
  segment.flags &= ~TCP_FIN;
  trimEnd(segment, room);
}

export class Reassembly {
  #queue: Arrival[] = [];

  get empty(): boolean {
    return this.#queue.length === 0;
  }

  /** Segments held. */
  get size(): number {
    return this.#queue.length;
  }

  clear(): void {
    this.#queue = [];
  }

  /** Stores a segment beyond the hole. `windowEnd` is the first sequence number outside our window. */
  insert(segment: Arrival, windowEnd: number): void {
    const queue = this.#queue;
    const at = queue.findLastIndex((held) => seqGeq(segment.seq, held.seq));
    const held = queue[at];
    let place = at + 1;
    if (held !== undefined) {
      if (held.seq === segment.seq) {
        // The longer of two with the same beginning stays.
        if (segment.length <= held.length) return;
        place = at;
      } else {
        // Nothing lies behind a FIN.
        if (hasFin(held)) return;
        // lwIP 1.4: also when that loses bytes behind the new segment; the peer sends them again.
        if (seqGt(end(held), segment.seq)) trimEnd(held, seqDiff(segment.seq, held.seq));
        if (place === queue.length) trimToWindow(segment, windowEnd);
      }
    }
    queue.splice(place, this.#absorb(segment, place), segment);
  }

  /** A segment in order is about to be delivered: what it covers here is dropped, what overlaps is cut from it. */
  reconcile(segment: Arrival): void {
    this.#queue.splice(0, this.#absorb(segment, 0));
  }

  /** Takes the first segment if it begins at `rcvNxt`. */
  take(rcvNxt: number): Arrival | undefined {
    return this.#queue[0]?.seq === rcvNxt ? this.#queue.shift() : undefined;
  }

  /**
   * Counts how many queued segments from `place` on `segment` makes superfluous, taking over a FIN of theirs,
   * and cuts its end at the one that remains.
   */
  #absorb(segment: Arrival, place: number): number {
    if (hasFin(segment)) return this.#queue.length - place;
    let index = place;
    for (let next = this.#queue[index]; next !== undefined; next = this.#queue[++index]) {
      if (seqLt(seqAdd(segment.seq, segmentSpan(segment)), end(next))) {
        if (seqGt(end(segment), next.seq)) trimEnd(segment, seqDiff(next.seq, segment.seq));
        break;
      }
      if (hasFin(next)) segment.flags |= TCP_FIN;
    }
    return index - place;
  }
}
