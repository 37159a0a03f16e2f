/**
 * The two cyclic timers (lwIP 1.4 tcp.c): fast for delayed ACKs, slow for everything that is counted in ticks —
 * retransmission, probes, keep-alive, ageing. No connection has timers of its own.
 */
import { ERR } from './err.ts';
import type { TcpContext } from './tcp-context.ts';
import { offerRefused } from './tcp-deliver.ts';
import { output, retransmitAll, sendKeepalive, sendReset, sendWindowProbe } from './tcp-out.ts';
import type { TcpPcb } from './tcp-pcb.ts';

/** Slow ticks between probes of a closed window; tcp.c tcp_persist_backoff. */
const PERSIST_BACKOFF = [3, 6, 12, 24, 48, 96, 120] as const;
const LAST_PERSIST_BACKOFF = 120;

/** Why a connection ends at a slow tick; of these only a keep-alive failure is told to the peer. */
type Ending = 'gave-up' | 'fin-wait-2' | 'keepalive' | 'syn-received' | 'last-ack';

const isActive = (pcb: TcpPcb): boolean => !pcb.freed && pcb.state !== 'TIME-WAIT';

/** Every `tcpFastMs`: refused data is offered again, delayed ACKs leave. */
export function fastTick(ctx: TcpContext): void {
  for (const pcb of [...ctx.active]) {
    if (!isActive(pcb) || !offerRefused(ctx, pcb) || !pcb.ackDelayed) continue;
    pcb.ackDue = true;
    output(ctx, pcb);
    pcb.ackDelayed = false;
    pcb.ackDue = false;
  }
}

/** Every `tcpSlowMs`. */
export function slowTick(ctx: TcpContext): void {
  ctx.ticks++;
  let first = true;
  for (const pcb of [...ctx.active]) {
    if (!isActive(pcb)) continue;
    const ending = service(ctx, pcb);
    if (ending === undefined) {
      first = false;
      poll(ctx, pcb);
    } else {
      if (first && ctx.opts.tcpLosesNewInSlowTick) loseNewer(ctx, pcb);
      end(ctx, pcb, ending);
    }
  }
  const lifetime = ctx.inSlowTicks(2 * ctx.opts.tcpMslMs);
  for (const pcb of [...ctx.timeWait]) if (ctx.idleTicks(pcb) > lifetime) ctx.release(pcb);
}

/** One connection's share of a slow tick. A later ending wins over an earlier one only in name. */
function service(ctx: TcpContext, pcb: TcpPcb): Ending | undefined {
  let ending: Ending | undefined;
  if (hasGivenUp(ctx, pcb)) ending = 'gave-up';
  else if (pcb.persistBackoff > 0) persist(ctx, pcb);
  else retransmission(ctx, pcb);
  const { tcpFinWait2Ms, tcpSynReceivedMs, tcpMslMs, tcpOutOfOrderRtos } = ctx.opts;
  const idle = ctx.idleTicks(pcb);
  if (pcb.state === 'FIN-WAIT-2' && idle > ctx.inSlowTicks(tcpFinWait2Ms)) ending = 'fin-wait-2';
  if (keepaliveFailed(ctx, pcb)) ending = 'keepalive';
  if (!pcb.reassembly.empty && idle >= pcb.rtt.rto * tcpOutOfOrderRtos) {
    ctx.drops.drop('tcp', 'out-of-order-too-old');
    pcb.reassembly.clear();
  }
  if (pcb.state === 'SYN-RECEIVED' && idle > ctx.inSlowTicks(tcpSynReceivedMs)) ending = 'syn-received';
  if (pcb.state === 'LAST-ACK' && idle > ctx.inSlowTicks(2 * tcpMslMs)) ending = 'last-ack';
  return ending;
}

/** R2 of RFC 9293 section 3.8.3, counted in retransmissions. */
const hasGivenUp = (ctx: TcpContext, pcb: TcpPcb): boolean =>
  (pcb.state === 'SYN-SENT' && pcb.retransmits === ctx.opts.tcpMaxSynRetransmits) ||
  pcb.retransmits === ctx.opts.tcpMaxRetransmits;

/** While the peer's window is closed one-byte probes take the place of retransmission. */
function persist(ctx: TcpContext, pcb: TcpPcb): void {
  pcb.persistCount++;
  if (pcb.persistCount < (PERSIST_BACKOFF[pcb.persistBackoff - 1] ?? LAST_PERSIST_BACKOFF)) return;
  pcb.persistCount = 0;
  if (pcb.persistBackoff < PERSIST_BACKOFF.length) pcb.persistBackoff++;
  sendWindowProbe(ctx, pcb);
}

function retransmission(ctx: TcpContext, pcb: TcpPcb): void {
  if (pcb.rtime === undefined) return;
  pcb.rtime++;
  if (pcb.unacked.head === undefined || pcb.rtime < pcb.rtt.rto) return;
  // lwIP 1.4: a SYN is repeated at a steady pace.
  if (pcb.state !== 'SYN-SENT') pcb.rtt.backOff(pcb.retransmits);
  pcb.rtime = 0;
  pcb.congestion.onTimeout(pcb.mss, pcb.sndWnd);
  retransmitAll(ctx, pcb);
}

/** Idle slow ticks a keep-alive connection is allowed after so many probes. */
// lwIP 1.4 computes in unsigned 32-bit numbers: a negative idle time means almost for ever.
const keepaliveTicks = (ctx: TcpContext, pcb: TcpPcb, probes: number): number =>
  ctx.inSlowTicks((pcb.keepIdleMs + probes * pcb.keepIntvlMs) >>> 0);

const usesKeepalive = (pcb: TcpPcb): boolean =>
  pcb.keepAlive && (pcb.state === 'ESTABLISHED' || pcb.state === 'CLOSE-WAIT');

/** RFC 9293 section 3.8.4. */
function keepaliveFailed(ctx: TcpContext, pcb: TcpPcb): boolean {
  if (!usesKeepalive(pcb)) return false;
  const idle = ctx.idleTicks(pcb);
  if (idle > keepaliveTicks(ctx, pcb, pcb.keepCount)) return true;
  if (idle > keepaliveTicks(ctx, pcb, pcb.keepProbesSent)) {
    sendKeepalive(ctx, pcb);
    pcb.keepProbesSent++;
  }
  return false;
}

/**
 * tcp.c tcp_slowtmr unlinks the first of its list by `tcp_active_pcbs = pcb->next`: what callbacks of this tick have
 * connected meanwhile stands in front of it and is in no list from then on. Its owner never hears of it.
 */
function loseNewer(ctx: TcpContext, pcb: TcpPcb): void {
  for (const lost of ctx.active.splice(0, ctx.active.indexOf(pcb))) {
    if (ctx.env.trace.on) ctx.env.trace.emit('stack/tcp', 'lost', `${lost.ends}: opened as another ended`);
  }
}

function end(ctx: TcpContext, pcb: TcpPcb, ending: Ending): void {
  if (ctx.env.trace.on) ctx.env.trace.emit('stack/tcp', 'ended', `${pcb.ends} ${pcb.state}: ${ending}`);
  ctx.release(pcb);
  if (ending === 'keepalive') sendReset(ctx, pcb, pcb.sndNxt, pcb.rcvNxt);
  pcb.handlers.error?.(ERR.ABRT);
}

/** The owner's turn, then whatever may leave: data queued outside of callbacks goes here. */
function poll(ctx: TcpContext, pcb: TcpPcb): void {
  pcb.pollCount++;
  if (pcb.pollCount < pcb.pollInterval) return;
  pcb.pollCount = 0;
  const answer = pcb.handlers.poll?.(pcb);
  if (answer === undefined || answer === ERR.OK) output(ctx, pcb);
}

/** How many of the next slow ticks, and the fast ones before them, would change nothing; Infinity for all. */
export function quietSlowTicks(ctx: TcpContext): number {
  let quiet = Number.POSITIVE_INFINITY;
  for (const pcb of ctx.active) {
    quiet = Math.min(quiet, quietFor(ctx, pcb));
    if (quiet === 0) return 0;
  }
  const lifetime = ctx.inSlowTicks(2 * ctx.opts.tcpMslMs);
  for (const pcb of ctx.timeWait) quiet = Math.min(quiet, lifetime - ctx.idleTicks(pcb));
  return Math.max(0, quiet);
}

function quietFor(ctx: TcpContext, pcb: TcpPcb): number {
  if (isBusy(ctx, pcb)) return 0;
  const { tcpFinWait2Ms, tcpSynReceivedMs, tcpMslMs } = ctx.opts;
  let limit = Number.POSITIVE_INFINITY;
  if (pcb.state === 'FIN-WAIT-2') limit = ctx.inSlowTicks(tcpFinWait2Ms);
  else if (pcb.state === 'SYN-RECEIVED') limit = ctx.inSlowTicks(tcpSynReceivedMs);
  else if (pcb.state === 'LAST-ACK') limit = ctx.inSlowTicks(2 * tcpMslMs);
  else if (usesKeepalive(pcb)) {
    limit = Math.min(keepaliveTicks(ctx, pcb, pcb.keepCount), keepaliveTicks(ctx, pcb, pcb.keepProbesSent));
  }
  return Math.max(0, limit - ctx.idleTicks(pcb));
}

/** Has work at every tick. */
const isBusy = (ctx: TcpContext, pcb: TcpPcb): boolean =>
  pcb.rtime !== undefined ||
  pcb.unsent.head !== undefined ||
  pcb.ackDelayed ||
  pcb.ackDue ||
  pcb.persistBackoff > 0 ||
  pcb.writeRefused ||
  pcb.refused.length > 0 ||
  !pcb.reassembly.empty ||
  pcb.handlers.poll !== undefined ||
  hasGivenUp(ctx, pcb);
