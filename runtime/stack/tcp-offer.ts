/**
 * Connections for somebody else: the stack of a gateway is shown each SYN that nobody here listens for, and answers it
 * later, once its owner knows whether the far end does. Until then nothing is sent, and a repeated SYN is the same offer.
 */
import { seqAdd, TCP_ACK, TCP_RST, TCP_SYN } from '../wire/index.ts';
import type { TcpContext } from './tcp-context.ts';
import type { Ends, Incoming, TcpOffer } from './tcp-incoming.ts';
import { openPassive } from './tcp-open.ts';
import { sendReset } from './tcp-out.ts';
import type { TcpHandlers, TcpPcb } from './tcp-pcb.ts';

/** Shows a segment without a block to the owner of the stack. True when it was a SYN that he will answer. */
export function offer(ctx: TcpContext, ends: Ends, segment: Incoming): boolean {
  const known = ctx.offers.find((o) => sameEnds(o, ends));
  if ((segment.flags & TCP_RST) !== 0 && known !== undefined) forget(ctx, known);
  if ((segment.flags & (TCP_SYN | TCP_ACK | TCP_RST)) !== TCP_SYN) return false;
  if (known !== undefined) {
    known.syn = segment;
    return true;
  }
  const fresh: TcpOffer = { ...ends, syn: segment };
  ctx.offers.push(fresh);
  if (ctx.env.offer?.(fresh) === true) return true;
  forget(ctx, fresh);
  return false;
}

/** Answers by SYN-ACK; `handlers.accepted` follows with the peer's ACK. Undefined when the peer has withdrawn. */
export function accept(ctx: TcpContext, taken: TcpOffer, handlers: TcpHandlers): TcpPcb | undefined {
  if (!forget(ctx, taken)) return undefined;
  const pcb = openPassive(
    ctx,
    { localPort: taken.localPort, reuseAddr: true, keepAlive: false, handlers },
    taken,
    taken.syn,
  );
  if (pcb !== undefined) pcb.handlers = handlers;
  return pcb;
}

/** Answers by RST. */
export function refuse(ctx: TcpContext, taken: TcpOffer): void {
  const { syn } = taken;
  if (forget(ctx, taken)) sendReset(ctx, taken, syn.ack, seqAdd(syn.seq, syn.span));
}

/** No answer. The next SYN is a new offer. False when the offer was gone already. */
export function forget(ctx: TcpContext, taken: TcpOffer): boolean {
  const at = ctx.offers.indexOf(taken);
  if (at >= 0) ctx.offers.splice(at, 1);
  return at >= 0;
}

const sameEnds = (a: Ends, b: Ends): boolean =>
  a.remotePort === b.remotePort &&
  a.localPort === b.localPort &&
  a.remoteAddr === b.remoteAddr &&
  a.localAddr === b.localAddr;
