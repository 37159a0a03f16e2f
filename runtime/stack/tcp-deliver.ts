/**
 * The callbacks of an arriving segment, in lwIP's order: sent, received segments, end of data (tcp_in.c tcp_input).
 * Each may close or abort the block.
 */
import { ERR } from './err.ts';
import type { TcpContext } from './tcp-context.ts';
import type { Answer, TcpPcb } from './tcp-pcb.ts';
import { type Delivery, recved } from './tcp-receive.ts';
import { abort, close } from './tcp-user.ts';

/** The owner aborted the block, or asks to leave it alone. */
export const isGone = (answer: Answer, pcb: TcpPcb): boolean => answer === ERR.ABRT || pcb.freed;
const isRefusal = (answer: Answer): boolean => answer !== undefined && answer !== ERR.OK;

/** Returns false when the block must not be touched any further. */
export function deliver(ctx: TcpContext, pcb: TcpPcb, delivery: Delivery): boolean {
  // lwIP 1.4: `acked` keeps its value over segments that skip the ACK step (a bad RST, a stray SYN): sent comes again.
  if (pcb.acked > 0 && isGone(pcb.handlers.sent?.(pcb, pcb.acked), pcb)) return false;
  if (delivery.data.length > 0) {
    if (pcb.rxClosed) {
      // Section 3.10.7.4, data after CLOSE: the peer must learn that nobody reads it.
      abort(ctx, pcb);
      return false;
    }
    if (!deliverData(ctx, pcb, delivery.data)) return false;
  }
  if (!delivery.fin) return true;
  // The owner consumes data, not the FIN: give its sequence number back.
  if (pcb.rcvWnd !== ctx.opts.tcpWindow) pcb.rcvWnd++;
  const { recv } = pcb.handlers;
  // An owner without a handler wants the connection closed when the peer has (tcp.c tcp_recv_null).
  const answer = recv === undefined ? close(ctx, pcb) : recv.call(pcb.handlers, pcb, undefined, false);
  return !isGone(answer, pcb);
}

function deliverData(ctx: TcpContext, pcb: TcpPcb, data: readonly Uint8Array[]): boolean {
  for (const [index, bytes] of data.entries()) {
    const { recv } = pcb.handlers;
    if (recv === undefined) {
      recved(ctx, pcb, bytes.length);
      continue;
    }
    const answer = recv.call(pcb.handlers, pcb, bytes, index < data.length - 1);
    if (isGone(answer, pcb)) return false;
    if (isRefusal(answer)) {
      pcb.refused = data.slice(index);
      break;
    }
  }
  return true;
}

/** Offers what the owner refused before. False when the block must not be touched any further. */
export function offerRefused(ctx: TcpContext, pcb: TcpPcb): boolean {
  if (pcb.refused.length === 0) return true;
  const data = pcb.refused;
  pcb.refused = [];
  return deliverData(ctx, pcb, data);
}
