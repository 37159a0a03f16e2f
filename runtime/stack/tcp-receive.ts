/**
 * Receiving data: the seventh step of RFC 9293 section 3.10.7.4, the RECEIVE call, and the window we announce.
 * The sequence check, the RFC's first step, stands here too: lwIP 1.4 makes it only for the text of a segment.
 */
import { seqAdd, seqDiff, seqGeq, seqGt, seqLt, TCP_FIN } from '../wire/index.ts';
import { type Arrival, trimEnd, trimFront } from './reassembly.ts';
import type { TcpContext } from './tcp-context.ts';
import type { Incoming } from './tcp-incoming.ts';
import { output, sendEmptyAck } from './tcp-out.ts';
import type { TcpPcb } from './tcp-pcb.ts';
import { segmentSpan, seqInside } from './tcp-segment.ts';

/** What a segment brought for the owner, delivered when all of it is processed. */
export interface Delivery {
  readonly data: Uint8Array[];
  fin: boolean;
}

/** First step, acceptability of a segment by its sequence number (RFC 9293 section 3.4). */
const acceptable = (pcb: TcpPcb, seq: number): boolean =>
  seqInside(seq, pcb.rcvNxt, seqAdd(pcb.rcvNxt, pcb.rcvWnd - 1));

/** Seventh step: text that is next goes to `delivery`, text beyond a hole waits, the rest is answered by an ACK. */
export function processText(ctx: TcpContext, pcb: TcpPcb, segment: Incoming, delivery: Delivery): void {
  if (segment.span === 0) {
    const probed = pcb.rcvWnd === 0 && segment.seq === pcb.rcvNxt && !ctx.opts.tcpAnswersAckInZeroWindow;
    if (!probed && !acceptable(pcb, segment.seq)) pcb.ackDue = true;
    return;
  }
  const { seq } = segment;
  if (seqLt(seq, pcb.rcvNxt)) {
    if (seqGt(seqAdd(seq, segment.span), pcb.rcvNxt)) trimFront(segment, pcb.rcvNxt);
    else pcb.ackDue = true;
  }
  if (!acceptable(pcb, segment.seq)) {
    ctx.drops.drop('tcp', 'outside-window');
    sendEmptyAck(ctx, pcb);
  } else if (segment.seq === pcb.rcvNxt) {
    processNext(ctx, pcb, segment, delivery);
  } else {
    sendEmptyAck(ctx, pcb);
    pcb.reassembly.insert(segment, seqAdd(pcb.rcvNxt, pcb.rcvWnd));
  }
}

function processNext(ctx: TcpContext, pcb: TcpPcb, segment: Arrival, delivery: Delivery): void {
  if (segmentSpan(segment) > pcb.rcvWnd) {
    segment.flags &= ~TCP_FIN;
    trimEnd(segment, pcb.rcvWnd);
  }
  if (!pcb.reassembly.empty) pcb.reassembly.reconcile(segment);
  accept(ctx, pcb, segment, delivery);
  for (;;) {
    const next = pcb.reassembly.take(pcb.rcvNxt);
    if (next === undefined) break;
    accept(ctx, pcb, next, delivery);
  }
  // RFC 9293 section 3.8.6.3: an ACK at least for every second segment, for one alone at the next fast tick.
  if (pcb.ackDelayed) {
    pcb.ackDelayed = false;
    pcb.ackDue = true;
  } else {
    pcb.ackDelayed = true;
  }
}

function accept(ctx: TcpContext, pcb: TcpPcb, segment: Arrival, delivery: Delivery): void {
  const span = segmentSpan(segment);
  pcb.rcvNxt = seqAdd(pcb.rcvNxt, span);
  // A u16_t: what was first behind a hole may be more than the window holds, which then looks wide open.
  pcb.rcvWnd = (pcb.rcvWnd - span) & 0xffff;
  updateAnnouncedWindow(ctx, pcb);
  if (segment.length > 0) delivery.data.push(segment.payload);
  if ((segment.flags & TCP_FIN) !== 0) delivery.fin = true;
}

/**
 * Silly window avoidance (RFC 9293 section 3.8.6.2.2): the right edge moves only by a whole segment.
 * Returns by how many bytes an ACK sent now would move it.
 */
export function updateAnnouncedWindow(ctx: TcpContext, pcb: TcpPcb): number {
  const edge = seqAdd(pcb.rcvNxt, pcb.rcvWnd);
  const step = Math.min(ctx.opts.tcpWindow >> 1, pcb.mss);
  if (seqGeq(edge, seqAdd(pcb.rcvAnnRightEdge, step))) {
    pcb.rcvAnnWnd = pcb.rcvWnd;
    return seqDiff(edge, pcb.rcvAnnRightEdge);
  }
  // Otherwise the edge stays; 0 if the peer has overrun what was announced.
  pcb.rcvAnnWnd = Math.max(0, seqDiff(pcb.rcvAnnRightEdge, pcb.rcvNxt));
  return 0;
}

/** Section 3.10.3, RECEIVE call: the owner is done with `length` bytes. */
export function recved(ctx: TcpContext, pcb: TcpPcb, length: number): void {
  if (pcb.freed) return;
  const { tcpWindow } = ctx.opts;
  const room = pcb.rcvWnd + length;
  pcb.rcvWnd = Math.min(pcb.rcvWnd > tcpWindow ? room & 0xffff : room, tcpWindow);
  // lwIP 1.4 opt.h TCP_WND_UPDATE_THRESHOLD: a quarter of the window is worth a segment of its own.
  if (updateAnnouncedWindow(ctx, pcb) < tcpWindow >> 2) return;
  pcb.ackDue = true;
  output(ctx, pcb);
}
