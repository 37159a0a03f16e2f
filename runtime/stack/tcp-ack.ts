/** The fifth step of RFC 9293 section 3.10.7.4 in the synchronized states: what the peer's ACK changes for our sending. */
import { seqAdd, seqDiff, seqGt, seqLeq, seqLt, TCP_ACK, TCP_FIN } from '../wire/index.ts';
import type { TcpContext } from './tcp-context.ts';
import type { Incoming } from './tcp-incoming.ts';
import { fastRetransmit } from './tcp-out.ts';
import type { TcpPcb } from './tcp-pcb.ts';
import { type SegmentQueue, segmentSpan, seqInside } from './tcp-segment.ts';

export function checkAck(ctx: TcpContext, pcb: TcpPcb, segment: Incoming): void {
  if ((segment.flags & TCP_ACK) === 0) return;
  const { ack } = segment;
  const windowMoved = updateSendWindow(pcb, segment);
  if (seqLeq(ack, pcb.sndUna)) {
    pcb.acked = 0;
    // RFC 5681 section 2: same ACK, no data, same window, something in flight.
    if (ack === pcb.sndUna && segment.span === 0 && !windowMoved && pcb.rtime !== undefined) {
      if (pcb.congestion.onDuplicateAck(pcb.mss)) fastRetransmit(ctx, pcb);
    } else {
      pcb.congestion.dupAcks = 0;
    }
  } else if (seqInside(ack, seqAdd(pcb.sndUna, 1), pcb.sndNxt)) {
    acceptNewAck(pcb, ack);
  } else {
    pcb.acked = 0;
  }
  // After a time-out sent segments stand in the unsent queue again; they may be acknowledged there.
  dropAcknowledged(pcb, pcb.unsent, ack);
  pcb.rtt.onAck(ack, ctx.ticks);
}

/** Section 3.10.7.4, SND.WND. Returns whether the right edge of the peer's window moved. */
function updateSendWindow(pcb: TcpPcb, segment: Incoming): boolean {
  const edge = seqAdd(pcb.sndWl2, pcb.sndWnd);
  const { seq, ack, window } = segment;
  const newer =
    seqLt(pcb.sndWl1, seq) ||
    (pcb.sndWl1 === seq && seqLt(pcb.sndWl2, ack)) ||
    (pcb.sndWl2 === ack && window > pcb.sndWnd);
  if (newer) {
    pcb.sndWnd = window;
    pcb.sndWl1 = seq;
    pcb.sndWl2 = ack;
    if (window > 0) pcb.persistBackoff = 0;
  }
  return seqAdd(pcb.sndWl2, pcb.sndWnd) !== edge;
}

function acceptNewAck(pcb: TcpPcb, ack: number): void {
  pcb.retransmits = 0;
  pcb.rtt.onNewAck();
  pcb.acked = seqDiff(ack, pcb.sndUna);
  pcb.sndBuf += pcb.acked;
  pcb.sndUna = ack;
  pcb.congestion.onNewAck(pcb.mss);
  dropAcknowledged(pcb, pcb.unacked, ack);
  pcb.rtime = pcb.unacked.head === undefined ? undefined : 0;
  pcb.pollCount = 0;
}

function dropAcknowledged(pcb: TcpPcb, queue: SegmentQueue, ack: number): void {
  for (let first = queue.head; first !== undefined; first = queue.head) {
    const end = seqAdd(first.seq, segmentSpan(first));
    if (!seqLeq(end, ack) || seqGt(ack, pcb.sndNxt)) return;
    queue.shift();
    pcb.sndQueueLen--;
    // The owner is told about bytes; a FIN is none.
    if (pcb.acked !== 0 && (first.flags & TCP_FIN) !== 0) pcb.acked--;
  }
}
