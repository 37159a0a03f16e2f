/**
 * Sending: queueing what the user wrote, deciding what may leave, retransmission and probes
 * (RFC 9293 sections 3.7 and 3.8; lwIP 1.4 tcp_out.c).
 */
import { EMPTY } from '../core/index.ts';
import {
  macBytes,
  NO_TCP_OPTIONS,
  seqAdd,
  seqDiff,
  seqLt,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
} from '../wire/index.ts';
import { ERR, type LwipErr } from './err.ts';
import type { TcpContext } from './tcp-context.ts';
import type { Ends } from './tcp-incoming.ts';
import type { TcpPcb } from './tcp-pcb.ts';
import { controlSegment, type Segment, segmentSpan } from './tcp-segment.ts';

const mayWrite = (pcb: TcpPcb): boolean =>
  pcb.state === 'ESTABLISHED' || pcb.state === 'CLOSE-WAIT' || pcb.state === 'SYN-SENT' || pcb.state === 'SYN-RECEIVED';

/** Section 3.10.2, SEND call: copies `data` into the unsent queue, filling the last unsent segment first. */
export function write(ctx: TcpContext, pcb: TcpPcb, data: Uint8Array): LwipErr {
  if (!mayWrite(pcb)) return ERR.CONN;
  if (data.length === 0) return ERR.OK;
  const last = pcb.unsent.tail;
  const appended = last === undefined ? 0 : Math.min(pcb.unsentOversize, data.length);
  const fresh = Math.ceil((data.length - appended) / pcb.mss);
  const { tcpSendQueue } = ctx.opts;
  if (data.length > pcb.sndBuf || pcb.sndQueueLen >= tcpSendQueue || pcb.sndQueueLen + fresh > tcpSendQueue) {
    pcb.writeRefused = true;
    return ERR.MEM;
  }
  if (last !== undefined && appended > 0) {
    append(last, data.subarray(0, appended), pcb.unsentOversize);
    pcb.unsentOversize -= appended;
  }
  for (let at = appended; at < data.length; at += pcb.mss) {
    const length = Math.min(pcb.mss, data.length - at);
    const seq = seqAdd(pcb.sndLbb, at);
    const buffer = data.slice(at, at + length);
    const segment: Segment = { seq, flags: 0, length, buffer, mssOption: false, framed: false, next: undefined };
    ctx.env.trace.keep(segment, pcb);
    pcb.unsent.push(segment);
    pcb.unsentOversize = pcb.mss - length;
  }
  if (pcb.unsent.tail !== undefined) pcb.unsent.tail.flags |= TCP_PSH;
  pcb.sndLbb = seqAdd(pcb.sndLbb, data.length);
  pcb.sndBuf -= data.length;
  pcb.sndQueueLen += fresh;
  return ERR.OK;
}

/** The second write to a segment gives it a buffer with all the room that is left, which others may fill. */
function append(segment: Segment, data: Uint8Array, room: number): void {
  if (segment.buffer.length < segment.length + data.length) {
    const whole = new Uint8Array(segment.length + room);
    whole.set(segment.buffer);
    segment.buffer = whole;
  }
  segment.buffer.set(data, segment.length);
  segment.length += data.length;
}

/** Queues a SYN or FIN as a segment of its own. MEM when the queue is full or not one byte of send space is left. */
export function enqueueFlags(ctx: TcpContext, pcb: TcpPcb, flags: number): LwipErr {
  if (pcb.sndQueueLen >= ctx.opts.tcpSendQueue) {
    pcb.writeRefused = true;
    return ERR.MEM;
  }
  // lwIP 1.4 tcp_out.c tcp_enqueue_flags: SYN and FIN count as a byte of the send buffer.
  if (pcb.sndBuf === 0) return ERR.MEM;
  const segment = controlSegment(pcb.sndLbb, flags);
  ctx.env.trace.keep(segment, pcb);
  pcb.unsent.push(segment);
  pcb.unsentOversize = 0;
  pcb.sndLbb = seqAdd(pcb.sndLbb, 1);
  pcb.sndBuf--;
  pcb.sndQueueLen++;
  if ((flags & TCP_FIN) !== 0) pcb.finQueued = true;
  return ERR.OK;
}

/** Puts a FIN behind everything queued, on the last unsent data segment if there is one. */
export function sendFin(ctx: TcpContext, pcb: TcpPcb): LwipErr {
  const last = pcb.unsent.tail;
  if (last === undefined || (last.flags & (TCP_SYN | TCP_FIN)) !== 0) return enqueueFlags(ctx, pcb, TCP_FIN);
  // lwIP 1.4 tcp_out.c tcp_send_fin: such a FIN takes no send space and leaves Nagle in force.
  last.flags |= TCP_FIN;
  return ERR.OK;
}

/** Bytes from the oldest unacknowledged one to the end of the segment: what the window must hold. */
const reach = (pcb: TcpPcb, segment: Segment): number => seqDiff(segment.seq, pcb.sndUna) + segment.length;

/** RFC 9293 section 3.7.4. lwIP 1.4: more than one unsent segment counts as enough, whatever their size. */
function nagleHolds(pcb: TcpPcb): boolean {
  if (pcb.noDelay || pcb.congestion.inRecovery || pcb.unacked.head === undefined) return false;
  const first = pcb.unsent.head;
  return first !== undefined && first.next === undefined && first.length < pcb.mss;
}

const persists = (ctx: TcpContext, pcb: TcpPcb): boolean =>
  ctx.opts.tcpPersist === 'lwip' || pcb.unacked.head === undefined;

/** Sends what the peer's window, the congestion window and Nagle let go, and an ACK that is due. */
export function output(ctx: TcpContext, pcb: TcpPcb): LwipErr {
  // While its segment is processed a block sends nothing; tcp-in.ts calls again at the end.
  if (ctx.inputPcb === pcb || pcb.freed) return ERR.OK;
  const window = Math.min(pcb.sndWnd, pcb.congestion.cwnd);
  let segment = pcb.unsent.head;
  if (pcb.ackDue && (segment === undefined || reach(pcb, segment) > window)) {
    sendEmptyAck(ctx, pcb);
    return ERR.OK;
  }
  while (segment !== undefined && reach(pcb, segment) <= window) {
    if (nagleHolds(pcb) && !pcb.writeRefused && !pcb.finQueued) break;
    pcb.unsent.shift();
    if (pcb.state !== 'SYN-SENT') {
      segment.flags |= TCP_ACK;
      pcb.ackDelayed = false;
      pcb.ackDue = false;
    }
    sendSegment(ctx, pcb, segment);
    const end = seqAdd(segment.seq, segmentSpan(segment));
    if (seqLt(pcb.sndNxt, end)) pcb.sndNxt = end;
    pcb.unacked.insert(segment);
    segment = pcb.unsent.head;
  }
  if (segment === undefined) pcb.unsentOversize = 0;
  // lwIP 1.4: a segment larger than the peer's window is not cut; probes of one byte go out until it fits.
  else if (pcb.persistBackoff === 0 && reach(pcb, segment) > pcb.sndWnd && persists(ctx, pcb)) {
    pcb.persistCount = 0;
    pcb.persistBackoff = 1;
  }
  pcb.writeRefused = false;
  return ERR.OK;
}

function sendSegment(ctx: TcpContext, pcb: TcpPcb, segment: Segment): void {
  pcb.rtime ??= 0;
  pcb.rtt.onSend(segment.seq, ctx.ticks);
  const payload = segment.length === 0 ? EMPTY : segment.buffer.subarray(0, segment.length);
  const { trace } = ctx.env;
  const before = trace.recall(segment);
  segment.framed = emit(ctx, pcb, segment.seq, segment.flags, payload, segment.mssOption) === ERR.OK;
  trace.restore(before);
}

/** Sends an ACK at once, even while the block's segment is processed. */
export function sendEmptyAck(ctx: TcpContext, pcb: TcpPcb): void {
  pcb.ackDelayed = false;
  pcb.ackDue = false;
  emit(ctx, pcb, pcb.sndNxt, TCP_ACK, EMPTY);
}

function emit(
  ctx: TcpContext,
  pcb: TcpPcb,
  seq: number,
  flags: number,
  payload: Uint8Array,
  mssOption = false,
): LwipErr {
  pcb.rcvAnnRightEdge = seqAdd(pcb.rcvNxt, pcb.rcvAnnWnd);
  ctx.segmentsOut++;
  const { localPort: srcPort, remotePort: dstPort, rcvNxt: ack, rcvAnnWnd: window } = pcb;
  const options = mssOption ? { mss: ctx.opts.tcpMss } : NO_TCP_OPTIONS;
  const segment = { srcPort, dstPort, seq, ack, flags, window, urgent: 0, options, payload };
  return ctx.env.output(segment, pcb.localAddr, pcb.remoteAddr, pcb.ttl);
}

/** RFC 9293 section 3.5.2. lwIP 1.4 tcp_out.c tcp_rst: always with ACK, and with the full window. */
export function sendReset(ctx: TcpContext, ends: Ends, seq: number, ack: number): void {
  ctx.segmentsOut++;
  ctx.resetsOut++;
  const { localPort: srcPort, remotePort: dstPort } = ends;
  const flags = TCP_RST | TCP_ACK;
  const { tcpWindow: window, ipTtl } = ctx.opts;
  const segment = { srcPort, dstPort, seq, ack, flags, window, urgent: 0, options: NO_TCP_OPTIONS, payload: EMPTY };
  ctx.env.output(segment, ends.localAddr, ends.remoteAddr, ipTtl);
}

/** The retransmission timer expired: everything unacknowledged goes back to the front of the queue. */
export function retransmitAll(ctx: TcpContext, pcb: TcpPcb): void {
  if (pcb.unacked.head === undefined) return;
  pcb.unsent.prepend(pcb.unacked);
  countRetransmit(ctx, pcb);
  output(ctx, pcb);
}

/** Puts the oldest unacknowledged segment back in the queue; the end of input processing sends it. */
export function retransmitFirst(ctx: TcpContext, pcb: TcpPcb): void {
  const segment = pcb.unacked.shift();
  if (segment === undefined) return;
  pcb.unsent.insert(segment);
  if (segment.next === undefined) pcb.unsentOversize = 0;
  countRetransmit(ctx, pcb);
}

function countRetransmit(ctx: TcpContext, pcb: TcpPcb): void {
  ctx.retransmitted++;
  pcb.retransmits++;
  pcb.rtt.onRetransmit();
}

/** The third duplicate ACK (RFC 5681 section 3.2). */
export function fastRetransmit(ctx: TcpContext, pcb: TcpPcb): void {
  if (pcb.unacked.head === undefined || pcb.congestion.inRecovery) return;
  retransmitFirst(ctx, pcb);
  pcb.congestion.enterRecovery(pcb.mss, pcb.sndWnd);
}

/** RFC 9293 section 3.8.4: an empty segment one byte before the window, which every peer must answer. */
export function sendKeepalive(ctx: TcpContext, pcb: TcpPcb): void {
  emit(ctx, pcb, seqAdd(pcb.sndNxt, -1), TCP_ACK, EMPTY);
}

/** RFC 9293 section 3.8.6.1: the first byte that waits, or the FIN, sent into the closed window. */
export function sendWindowProbe(ctx: TcpContext, pcb: TcpPcb): void {
  const segment = pcb.unacked.head ?? pcb.unsent.head;
  if (segment === undefined) return;
  if (ctx.opts.tcpPersist === 'cut' && pcb.sndWnd > 0 && pcb.sndWnd < segment.length) {
    cutFirst(pcb, pcb.sndWnd);
    pcb.persistBackoff = 0;
    output(ctx, pcb);
    return;
  }
  const lonelyFin = segment.length === 0 && (segment.flags & TCP_FIN) !== 0;
  const probe = segment.buffer.slice(0, Math.min(1, segment.length));
  if (probe.length > 0 && pcb.unacked.head === undefined && segment.framed && ctx.opts.tcpPersist === 'lwip') {
    // tcp_out.c tcp_zero_window_probe reckons with the link header in the queue of sent segments only. In one that went
    // back to the other queue it takes that header for TCP's: the byte is the first of the neighbour's address.
    const mac = ctx.env.neighbour?.(pcb.remoteAddr);
    if (mac !== undefined) probe.set(macBytes(mac).subarray(0, 1));
  }
  emit(ctx, pcb, segment.seq, lonelyFin ? TCP_ACK | TCP_FIN : TCP_ACK, probe);
}

/** Makes two of the first unsent segment, the first of them `length` bytes long. */
function cutFirst(pcb: TcpPcb, length: number): void {
  const whole = pcb.unsent.shift();
  if (whole === undefined) return;
  const { seq, buffer } = whole;
  pcb.unsent.insert({
    ...whole,
    seq: seqAdd(seq, length),
    length: whole.length - length,
    buffer: buffer.subarray(length),
  });
  pcb.unsent.insert({ ...whole, flags: 0, length, buffer: buffer.subarray(0, length) });
  pcb.sndQueueLen++;
}

/** Frees the block; an ACK still owed to the peer is sent first (tcp.c tcp_pcb_remove). */
export function discard(ctx: TcpContext, pcb: TcpPcb): void {
  ctx.purge(pcb);
  if (pcb.ackDelayed && pcb.state !== 'TIME-WAIT' && pcb.state !== 'LISTEN') {
    pcb.ackDue = true;
    output(ctx, pcb);
  }
  ctx.release(pcb);
}
