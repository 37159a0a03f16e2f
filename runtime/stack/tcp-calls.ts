/**
 * The calls of a TcpPcb, bound to the shared context and to the timer: the one place where blocks and the functions
 * that serve them meet.
 */
import type { Ipv4Address } from '../wire/index.ts';
import type { LwipErr } from './err.ts';
import type { StackOptions } from './opts.ts';
import { TcpContext, type TcpEnv } from './tcp-context.ts';
import { output, write } from './tcp-out.ts';
import type { TcpPcb, TcpUserCalls } from './tcp-pcb.ts';
import { recved } from './tcp-receive.ts';
import { TcpTicker } from './tcp-ticker.ts';
import { abort, bind, close, connect, listen, shutdown } from './tcp-user.ts';

export class TcpCalls implements TcpUserCalls {
  readonly ctx: TcpContext;
  readonly ticker: TcpTicker;

  constructor(env: TcpEnv, opts: StackOptions) {
    this.ctx = new TcpContext(env, opts, this);
    this.ticker = new TcpTicker(this.ctx);
  }

  bind(pcb: TcpPcb, addr: Ipv4Address, port: number): LwipErr {
    return bind(this.ctx, pcb, addr, port);
  }

  listen(pcb: TcpPcb): LwipErr {
    return listen(this.ctx, pcb);
  }

  connect(pcb: TcpPcb, addr: Ipv4Address, port: number): LwipErr {
    this.ticker.sync();
    return this.#served(connect(this.ctx, pcb, addr, port));
  }

  write(pcb: TcpPcb, data: Uint8Array): LwipErr {
    return this.#served(write(this.ctx, pcb, data));
  }

  output(pcb: TcpPcb): LwipErr {
    this.ticker.sync();
    return this.#served(output(this.ctx, pcb));
  }

  recved(pcb: TcpPcb, length: number): void {
    this.ticker.sync();
    this.#served(recved(this.ctx, pcb, length));
  }

  requestAck(pcb: TcpPcb): void {
    pcb.ackDue = true;
    this.ticker.wake();
  }

  close(pcb: TcpPcb): LwipErr {
    this.ticker.sync();
    return this.#served(close(this.ctx, pcb));
  }

  shutdown(pcb: TcpPcb, receive: boolean, send: boolean): LwipErr {
    this.ticker.sync();
    return this.#served(shutdown(this.ctx, pcb, receive, send));
  }

  abort(pcb: TcpPcb): void {
    this.ticker.sync();
    this.#served(abort(this.ctx, pcb));
  }

  timersChanged(): void {
    this.ticker.wake();
  }

  /** Whatever a call changed, the next tick looks at it. */
  #served<T>(answer: T): T {
    if (this.ctx.active.length > 0 || this.ctx.timeWait.length > 0) this.ticker.start();
    this.ticker.wake();
    return answer;
  }
}
