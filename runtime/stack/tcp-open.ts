/** What opens a connection: what a SYN says about its sender, and the block that answers one. */
import { seqAdd, TCP_ACK, TCP_SYN } from '../wire/index.ts';
import { ERR } from './err.ts';
import type { TcpContext } from './tcp-context.ts';
import type { Ends, Incoming } from './tcp-incoming.ts';
import { enqueueFlags, output } from './tcp-out.ts';
import type { TcpPcb } from './tcp-pcb.ts';
import { abort, allocate } from './tcp-user.ts';

/** What a new connection has from the one who listens. */
export type Listening = Pick<TcpPcb, 'localPort' | 'reuseAddr' | 'keepAlive' | 'handlers'>;

/** Section 3.10.7.2, third step: a SYN makes a new block, which answers it. Undefined when the answer could not leave. */
export function openPassive(ctx: TcpContext, listener: Listening, ends: Ends, segment: Incoming): TcpPcb | undefined {
  const pcb = allocate(ctx);
  pcb.localAddr = ends.localAddr;
  pcb.localPort = listener.localPort;
  pcb.remoteAddr = ends.remoteAddr;
  pcb.remotePort = ends.remotePort;
  pcb.reuseAddr = listener.reuseAddr;
  pcb.keepAlive = listener.keepAlive;
  pcb.listenerHandlers = listener.handlers;
  learnPeer(pcb, segment);
  pcb.congestion.ssthresh = pcb.sndWnd;
  pcb.setState('SYN-RECEIVED');
  ctx.addActive(pcb);
  adoptMss(ctx, pcb, segment);
  if (enqueueFlags(ctx, pcb, TCP_SYN | TCP_ACK) === ERR.OK) output(ctx, pcb);
  else abort(ctx, pcb, false);
  return pcb.freed ? undefined : pcb;
}

/** What a SYN says about its sender. */
export function learnPeer(pcb: TcpPcb, segment: Incoming): void {
  pcb.irs = segment.seq;
  pcb.rcvNxt = seqAdd(segment.seq, 1);
  pcb.rcvAnnRightEdge = pcb.rcvNxt;
  pcb.sndWnd = segment.window;
  // One before the SYN: its window is older than any that follows.
  pcb.sndWl1 = seqAdd(segment.seq, -1);
}

/** RFC 9293 section 3.7.1. lwIP 1.4 reads the option in every segment; 0 and too large mean our own. */
export function adoptMss(ctx: TcpContext, pcb: TcpPcb, segment: Incoming): void {
  const { tcpMss } = ctx.opts;
  if (segment.mss !== undefined) pcb.mss = segment.mss === 0 ? tcpMss : Math.min(segment.mss, tcpMss);
}
