/**
 * An arriving segment: finding its block, then RFC 9293 section 3.10.7 state by state. Steps five and seven are in
 * tcp-ack.ts and tcp-receive.ts. lwIP 1.4 tests RST and SYN first and the sequence number last, and has no sixth step
 * (urgent data) and no third (security).
 */
import {
  type Ipv4Address,
  isMulticastIpv4,
  parseTcp,
  parseTcpUnmeasured,
  seqAdd,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from '../wire/index.ts';
import { ERR } from './err.ts';
import { checkAck } from './tcp-ack.ts';
import { type TcpContext, toFront } from './tcp-context.ts';
import { deliver, isGone, offerRefused } from './tcp-deliver.ts';
import type { Ends, Incoming } from './tcp-incoming.ts';
import { offer } from './tcp-offer.ts';
import { adoptMss, learnPeer, openPassive } from './tcp-open.ts';
import { discard, output, retransmitFirst, sendReset } from './tcp-out.ts';
import type { TcpPcb } from './tcp-pcb.ts';
import { type Delivery, processText } from './tcp-receive.ts';
import { segmentSpan, seqInside } from './tcp-segment.ts';
import { abort } from './tcp-user.ts';

/** How a segment left its block: alive, reset by the peer, closed at last, or taken away by a callback. */
type Outcome = 'alive' | 'reset' | 'closed' | 'gone';

/** Entry from IP. `bytes` is the whole payload of the packet. */
export function segmentArrives(ctx: TcpContext, bytes: Uint8Array, src: Ipv4Address, dst: Ipv4Address): void {
  if (ctx.env.isBroadcast(dst) || isMulticastIpv4(dst)) {
    ctx.drops.drop('tcp', 'broadcast');
    return;
  }
  const parse = ctx.opts.ipTrustsHeaderLengths ? parseTcpUnmeasured : parseTcp;
  const parsed = parse(bytes, src, dst);
  if (!parsed.ok) {
    ctx.drops.drop('tcp', parsed.error);
    return;
  }
  ctx.segmentsIn++;
  const { seq, ack, flags, window, payload, options, srcPort, dstPort } = parsed.value;
  const length = payload.length;
  const span = segmentSpan({ length, flags });
  const segment: Incoming = { seq, ack, flags, window, payload, length, span, mss: options.mss };
  const ends: Ends = { localAddr: dst, localPort: dstPort, remoteAddr: src, remotePort: srcPort };
  demultiplex(ctx, ends, segment);
}

const matches = (pcb: TcpPcb, ends: Ends): boolean =>
  pcb.remotePort === ends.remotePort &&
  pcb.localPort === ends.localPort &&
  pcb.remoteAddr === ends.remoteAddr &&
  pcb.localAddr === ends.localAddr;

function demultiplex(ctx: TcpContext, ends: Ends, segment: Incoming): void {
  const at = ctx.active.findIndex((pcb) => matches(pcb, ends));
  const active = ctx.active[at];
  if (active !== undefined) {
    if (at > 0) toFront(ctx.active, at);
    arrivesConnected(ctx, active, segment);
    return;
  }
  const waiting = ctx.timeWait.find((pcb) => matches(pcb, ends));
  const here = waiting === undefined && ctx.env.isForeign?.(ends.localAddr) !== true;
  const found = here ? findListener(ctx, ends) : undefined;
  const listener = found?.handlers.admits?.() === false ? undefined : found;
  if (waiting !== undefined) arrivesTimeWait(ctx, waiting, ends, segment);
  else if (listener !== undefined) arrivesListen(ctx, listener, ends, segment);
  else if (ctx.env.offer === undefined || !offer(ctx, ends, segment)) arrivesClosed(ctx, ends, segment);
}

/** A listener on exactly this address goes before one on any address. */
function findListener(ctx: TcpContext, ends: Ends): TcpPcb | undefined {
  const onPort = (pcb: TcpPcb) => pcb.localPort === ends.localPort;
  let at = ctx.listeners.findIndex((pcb) => onPort(pcb) && pcb.localAddr === ends.localAddr);
  if (at < 0) at = ctx.listeners.findIndex((pcb) => onPort(pcb) && pcb.localAddr === 0);
  if (at > 0) toFront(ctx.listeners, at);
  return at < 0 ? undefined : ctx.listeners[0];
}

/** The RST that answers a segment (RFC 9293 section 3.5.2). lwIP 1.4: the same form whether or not it had an ACK. */
const refuse = (ctx: TcpContext, ends: Ends, segment: Incoming): void =>
  sendReset(ctx, ends, segment.ack, seqAdd(segment.seq, segment.span));

/** Section 3.10.7.1, CLOSED. */
function arrivesClosed(ctx: TcpContext, ends: Ends, segment: Incoming): void {
  ctx.drops.drop('tcp', 'no-connection');
  if ((segment.flags & TCP_RST) === 0) refuse(ctx, ends, segment);
}

/** Section 3.10.7.2, LISTEN. lwIP 1.4 does not look at RST here. */
function arrivesListen(ctx: TcpContext, listener: TcpPcb, ends: Ends, segment: Incoming): void {
  // The firmware's own check in tcp_in.c tcp_listen_input: equal, not "at least".
  const established = () => ctx.active.filter((pcb) => pcb.state === 'ESTABLISHED').length;
  if ((segment.flags & TCP_ACK) !== 0) refuse(ctx, ends, segment);
  else if ((segment.flags & TCP_SYN) === 0) ctx.drops.drop('tcp', 'no-syn-for-listener');
  else if (established() === ctx.opts.tcpEstablishedLimit) ctx.drops.drop('tcp', 'too-many-connections');
  else openPassive(ctx, listener, ends, segment);
}

/** TIME-WAIT, taken apart by lwIP 1.4 (tcp_in.c tcp_timewait_input): RST is ignored, all text is acknowledged. */
function arrivesTimeWait(ctx: TcpContext, pcb: TcpPcb, ends: Ends, segment: Incoming): void {
  if ((segment.flags & TCP_RST) !== 0) {
    ctx.drops.drop('tcp', 'reset-in-time-wait');
    return;
  }
  if ((segment.flags & TCP_SYN) !== 0) {
    if (seqInside(segment.seq, pcb.rcvNxt, seqAdd(pcb.rcvNxt, pcb.rcvWnd))) {
      refuse(ctx, ends, segment);
      return;
    }
  } else if ((segment.flags & TCP_FIN) !== 0) {
    pcb.lastSeenTick = ctx.ticks;
  }
  if (segment.span === 0) return;
  pcb.ackDue = true;
  output(ctx, pcb);
}

/** Sections 3.10.7.3 and 3.10.7.4: every other state, then the callbacks, then whatever is to be sent. */
function arrivesConnected(ctx: TcpContext, pcb: TcpPcb, segment: Incoming): void {
  if (!offerRefused(ctx, pcb) || (pcb.refused.length > 0 && segment.span > 0)) {
    ctx.drops.drop('tcp', 'owner-refuses-data');
    return;
  }
  const delivery: Delivery = { data: [], fin: false };
  ctx.inputPcb = pcb;
  try {
    switch (processSegment(ctx, pcb, segment, delivery)) {
      case 'gone':
        return;
      case 'reset':
        pcb.handlers.error?.(ERR.RST);
        discard(ctx, pcb);
        return;
      case 'closed':
        if (!pcb.rxClosed) pcb.handlers.error?.(ERR.CLSD);
        discard(ctx, pcb);
        return;
      default:
        if (!deliver(ctx, pcb, delivery)) return;
    }
  } finally {
    ctx.inputPcb = undefined;
  }
  output(ctx, pcb);
}

function processSegment(ctx: TcpContext, pcb: TcpPcb, segment: Incoming, delivery: Delivery): Outcome {
  if ((segment.flags & TCP_RST) !== 0) return checkReset(ctx, pcb, segment);
  if (!checkSyn(pcb, segment)) return 'alive';
  if (!pcb.rxClosed) pcb.lastSeenTick = ctx.ticks;
  pcb.keepProbesSent = 0;
  adoptMss(ctx, pcb, segment);
  if (pcb.state === 'SYN-SENT') return arrivesSynSent(ctx, pcb, segment);
  if (pcb.state === 'SYN-RECEIVED') return arrivesSynReceived(ctx, pcb, segment, delivery);
  checkAck(ctx, pcb, segment);
  processText(ctx, pcb, segment, delivery);
  return checkFin(ctx, pcb, segment, delivery);
}

/** Second step, RST (RFC 9293 section 3.5.3). lwIP 1.4: anywhere in the window is near enough, no challenge ACK. */
function checkReset(ctx: TcpContext, pcb: TcpPcb, segment: Incoming): Outcome {
  const valid =
    pcb.state === 'SYN-SENT'
      ? segment.ack === pcb.sndNxt
      : seqInside(segment.seq, pcb.rcvNxt, seqAdd(pcb.rcvNxt, pcb.rcvWnd));
  if (valid) {
    pcb.ackDelayed = false;
    return 'reset';
  }
  ctx.drops.drop('tcp', 'bad-reset');
  return 'alive';
}

/** Fourth step, SYN: in a synchronized state it is answered by an ACK and forgotten (RFC 5961 section 4). */
function checkSyn(pcb: TcpPcb, segment: Incoming): boolean {
  if ((segment.flags & TCP_SYN) === 0 || pcb.state === 'SYN-SENT' || pcb.state === 'SYN-RECEIVED') return true;
  pcb.ackDue = true;
  return false;
}

/** Section 3.10.7.3, SYN-SENT. lwIP 1.4: a SYN without ACK (simultaneous open) is ignored. */
function arrivesSynSent(ctx: TcpContext, pcb: TcpPcb, segment: Incoming): Outcome {
  if ((segment.flags & TCP_ACK) === 0) return 'alive';
  if ((segment.flags & TCP_SYN) === 0 || segment.ack !== seqAdd(pcb.iss, 1)) {
    refuse(ctx, pcb, segment);
    return 'alive';
  }
  learnPeer(pcb, segment);
  pcb.sndUna = segment.ack;
  pcb.sndBuf++;
  pcb.sndQueueLen--;
  pcb.unacked.shift();
  pcb.rtime = pcb.unacked.head === undefined ? undefined : 0;
  pcb.retransmits = 0;
  pcb.congestion.ssthresh = pcb.mss * 10;
  pcb.congestion.onEstablished(pcb.mss);
  pcb.setState('ESTABLISHED');
  if (isGone(pcb.handlers.connected?.(pcb), pcb)) return 'gone';
  pcb.ackDue = true;
  return 'alive';
}

/** Section 3.10.7.4, SYN-RECEIVED. */
function arrivesSynReceived(ctx: TcpContext, pcb: TcpPcb, segment: Incoming, delivery: Delivery): Outcome {
  if ((segment.flags & TCP_ACK) === 0) {
    // Our SYN-ACK was lost.
    if ((segment.flags & TCP_SYN) !== 0 && segment.seq === pcb.irs) retransmitFirst(ctx, pcb);
    return 'alive';
  }
  if (!seqInside(segment.ack, seqAdd(pcb.sndUna, 1), pcb.sndNxt)) {
    refuse(ctx, pcb, segment);
    return 'alive';
  }
  pcb.setState('ESTABLISHED');
  if (!offerConnection(ctx, pcb)) return 'gone';
  const { cwnd } = pcb.congestion;
  checkAck(ctx, pcb, segment);
  processText(ctx, pcb, segment, delivery);
  // The SYN is no byte of the owner.
  if (pcb.acked > 0) pcb.acked--;
  pcb.congestion.cwnd = cwnd;
  pcb.congestion.onEstablished(pcb.mss);
  if (delivery.fin) {
    pcb.ackDue = true;
    // lwIP 1.4 (tcp_in.c tcp_process): also when the owner closed in its callback, so that one ends by keep-alive only.
    pcb.setState('CLOSE-WAIT');
  }
  return 'alive';
}

/** Calls the listener's owner. False when the new connection must not be touched any further. */
function offerConnection(ctx: TcpContext, pcb: TcpPcb): boolean {
  const accepted = pcb.listenerHandlers?.accepted;
  const answer = accepted === undefined ? ERR.ARG : accepted.call(pcb.listenerHandlers, pcb);
  if (isGone(answer, pcb)) return false;
  if (answer === undefined || answer === ERR.OK) return true;
  abort(ctx, pcb);
  return false;
}

/** Fifth step by state, whether our FIN is acknowledged, and the eighth, whether the peer's arrived. */
function checkFin(ctx: TcpContext, pcb: TcpPcb, segment: Incoming, delivery: Delivery): Outcome {
  // lwIP 1.4: everything sent is acknowledged; a FIN still queued behind a full window counts as sent here.
  const allAcked = (segment.flags & TCP_ACK) !== 0 && segment.ack === pcb.sndNxt;
  // lwIP 1.4 (tcp_in.c tcp_process): another FIN in CLOSING or LAST-ACK is text like any other, acknowledged late.
  if (delivery.fin && pcb.state !== 'CLOSING' && pcb.state !== 'LAST-ACK') pcb.ackDue = true;
  switch (pcb.state) {
    case 'ESTABLISHED':
      if (delivery.fin) pcb.setState('CLOSE-WAIT');
      break;
    case 'FIN-WAIT-1':
      if (delivery.fin && allAcked) ctx.enterTimeWait(pcb);
      else if (delivery.fin) pcb.setState('CLOSING');
      else if (allAcked) pcb.setState('FIN-WAIT-2');
      break;
    case 'FIN-WAIT-2':
      if (delivery.fin) ctx.enterTimeWait(pcb);
      break;
    case 'CLOSING':
      if (allAcked) ctx.enterTimeWait(pcb);
      break;
    case 'LAST-ACK':
      if (allAcked) return 'closed';
      break;
    default:
      break;
  }
  return 'alive';
}
