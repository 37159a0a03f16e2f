/** The user calls of RFC 9293 section 3.9.1 except SEND and RECEIVE: OPEN, CLOSE, ABORT (lwIP 1.4 tcp.c). */
import { IPV4_ANY, type Ipv4Address, TCP_SYN } from '../wire/index.ts';
import { ERR, type LwipErr } from './err.ts';
import { remove, type TcpContext } from './tcp-context.ts';
import { discard, enqueueFlags, output, sendFin, sendReset } from './tcp-out.ts';
import type { TcpPcb } from './tcp-pcb.ts';

/**
 * A new block. When memory for one more is lacking (`tcpPcbLimit`) the oldest TIME-WAIT block goes, else the
 * connection that was silent longest is aborted (tcp.c tcp_alloc).
 */
export function allocate(ctx: TcpContext): TcpPcb {
  const limit = ctx.opts.tcpPcbLimit;
  if (limit !== undefined && ctx.active.length + ctx.timeWait.length >= limit) {
    const victim = oldest(ctx, ctx.timeWait) ?? oldest(ctx, ctx.active);
    if (victim !== undefined) {
      if (ctx.env.trace.on) ctx.env.trace.emit('stack/tcp', 'killed', `${victim.ends} for memory`);
      abort(ctx, victim);
    }
  }
  return ctx.newPcb();
}

function oldest(ctx: TcpContext, list: readonly TcpPcb[]): TcpPcb | undefined {
  let found: TcpPcb | undefined;
  for (const pcb of list) if (found === undefined || ctx.idleTicks(pcb) >= ctx.idleTicks(found)) found = pcb;
  return found;
}

const overlaps = (a: Ipv4Address, b: Ipv4Address): boolean => a === IPV4_ANY || b === IPV4_ANY || a === b;

/** Section 3.10.1, OPEN call: the local end. */
export function bind(ctx: TcpContext, pcb: TcpPcb, addr: Ipv4Address, port: number): LwipErr {
  if (pcb.state !== 'CLOSED' || pcb.freed) return ERR.ISCONN;
  const localPort = port === 0 ? ctx.ephemeralPort() : port;
  // With SO_REUSEADDR the same port may be shared with others that have it; TIME-WAIT does not count at all.
  const lists = [ctx.listeners, ctx.bound, ctx.active, ...(pcb.reuseAddr ? [] : [ctx.timeWait])];
  const taken = lists.some((list) =>
    list.some(
      (other) =>
        other.localPort === localPort && !(pcb.reuseAddr && other.reuseAddr) && overlaps(other.localAddr, addr),
    ),
  );
  if (taken) return ERR.USE;
  if (addr !== IPV4_ANY) pcb.localAddr = addr;
  pcb.localPort = localPort;
  ctx.bound.unshift(pcb);
  return ERR.OK;
}

/** Section 3.10.1, passive OPEN. */
export function listen(ctx: TcpContext, pcb: TcpPcb): LwipErr {
  if (pcb.state !== 'CLOSED' || pcb.freed) return ERR.ISCONN;
  // lwIP 1.4 tcp.c tcp_listen: with SO_REUSEADDR bind let a second listener pass; it is refused here, as lack of memory.
  const doubled = ctx.listeners.some((other) => other.localPort === pcb.localPort && other.localAddr === pcb.localAddr);
  if (pcb.reuseAddr && doubled) return ERR.MEM;
  remove(ctx.bound, pcb);
  pcb.setState('LISTEN');
  ctx.listeners.unshift(pcb);
  return ERR.OK;
}

/** Section 3.10.1, active OPEN. */
export function connect(ctx: TcpContext, pcb: TcpPcb, addr: Ipv4Address, port: number): LwipErr {
  if (pcb.state !== 'CLOSED' || pcb.freed) return ERR.ISCONN;
  pcb.remoteAddr = addr;
  pcb.remotePort = port;
  if (pcb.localAddr === IPV4_ANY) {
    const source = ctx.env.routeSource(addr);
    if (source === undefined) return ERR.RTE;
    pcb.localAddr = source;
  }
  if (pcb.localPort === 0) pcb.localPort = ctx.ephemeralPort();
  if (pcb.reuseAddr && (sameEnds(ctx.active, pcb) || sameEnds(ctx.timeWait, pcb))) return ERR.USE;
  // lwIP 1.4 tcp.c tcp_connect: a second number after the one of tcp_alloc.
  pcb.iss = ctx.nextIss();
  pcb.sndUna = pcb.iss;
  pcb.sndNxt = pcb.iss;
  pcb.sndLbb = pcb.iss;
  pcb.rcvAnnRightEdge = pcb.rcvNxt;
  pcb.sndWnd = ctx.opts.tcpWindow;
  pcb.congestion.ssthresh = pcb.mss * 10;
  const error = enqueueFlags(ctx, pcb, TCP_SYN);
  if (error !== ERR.OK) return error;
  pcb.setState('SYN-SENT');
  remove(ctx.bound, pcb);
  ctx.addActive(pcb);
  output(ctx, pcb);
  return ERR.OK;
}

const sameEnds = (list: readonly TcpPcb[], pcb: TcpPcb): boolean =>
  list.some(
    (other) =>
      other !== pcb &&
      other.localPort === pcb.localPort &&
      other.remotePort === pcb.remotePort &&
      other.localAddr === pcb.localAddr &&
      other.remoteAddr === pcb.remoteAddr,
  );

/** Section 3.10.4, CLOSE call. Nothing more is wanted from the peer either. */
export function close(ctx: TcpContext, pcb: TcpPcb): LwipErr {
  if (pcb.freed) return ERR.OK;
  if (pcb.state === 'LISTEN') {
    ctx.release(pcb);
    return ERR.OK;
  }
  const unread = pcb.refused.length > 0 || pcb.rcvWnd !== ctx.opts.tcpWindow;
  pcb.rxClosed = true;
  if (!unread || pcb.state === 'TIME-WAIT') return closeSending(ctx, pcb);
  // RFC 2525 section 2.17: the peer must learn that data of its was lost.
  // lwIP 1.4 tcp.c tcp_close_shutdown: the block waits in TIME-WAIT all the same, and all queued data is lost.
  sendReset(ctx, pcb, pcb.sndNxt, pcb.rcvNxt);
  ctx.enterTimeWait(pcb);
  return ERR.OK;
}

/** CLOSE by state. */
function closeSending(ctx: TcpContext, pcb: TcpPcb): LwipErr {
  switch (pcb.state) {
    case 'CLOSED':
    case 'LISTEN':
    case 'SYN-SENT':
      discard(ctx, pcb);
      return ERR.OK;
    case 'SYN-RECEIVED':
    case 'ESTABLISHED':
    case 'CLOSE-WAIT': {
      const error = sendFin(ctx, pcb);
      if (error !== ERR.OK) return error;
      pcb.setState(pcb.state === 'CLOSE-WAIT' ? 'LAST-ACK' : 'FIN-WAIT-1');
      output(ctx, pcb);
      return ERR.OK;
    }
    default:
      return ERR.OK;
  }
}

/** lwIP's tcp_shutdown: half of a CLOSE. */
export function shutdown(ctx: TcpContext, pcb: TcpPcb, receive: boolean, send: boolean): LwipErr {
  if (pcb.freed || pcb.state === 'LISTEN') return ERR.CONN;
  if (receive) {
    pcb.refused = [];
    pcb.rxClosed = true;
  }
  const open = pcb.state === 'SYN-RECEIVED' || pcb.state === 'ESTABLISHED' || pcb.state === 'CLOSE-WAIT';
  return send && open ? closeSending(ctx, pcb) : ERR.OK;
}

/** Section 3.10.5, ABORT call. Silent in TIME-WAIT; without `reset` the peer is told nothing. */
export function abort(ctx: TcpContext, pcb: TcpPcb, reset = true): void {
  if (pcb.freed) return;
  const silent = pcb.state === 'TIME-WAIT' || pcb.state === 'LISTEN';
  discard(ctx, pcb);
  if (silent) return;
  if (reset) sendReset(ctx, pcb, pcb.sndNxt, pcb.rcvNxt);
  pcb.handlers.error?.(ERR.ABRT);
}
