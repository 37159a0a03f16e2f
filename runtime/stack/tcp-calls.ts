/** The calls of a TcpPcb, bound to the shared context: the one place where blocks and the functions that serve them meet. */
import type { Ipv4Address } from '../wire/index.ts';
import type { LwipErr } from './err.ts';
import type { StackOptions } from './opts.ts';
import { TcpContext, type TcpEnv } from './tcp-context.ts';
import { output, write } from './tcp-out.ts';
import type { TcpPcb, TcpUserCalls } from './tcp-pcb.ts';
import { recved } from './tcp-receive.ts';
import { abort, bind, close, connect, listen, shutdown } from './tcp-user.ts';

export class TcpCalls implements TcpUserCalls {
  readonly ctx: TcpContext;

  constructor(env: TcpEnv, opts: StackOptions, onNeeded: () => void) {
    this.ctx = new TcpContext(env, opts, this, onNeeded);
  }

  bind(pcb: TcpPcb, addr: Ipv4Address, port: number): LwipErr {
    return bind(this.ctx, pcb, addr, port);
  }

  listen(pcb: TcpPcb): LwipErr {
    return listen(this.ctx, pcb);
  }

  connect(pcb: TcpPcb, addr: Ipv4Address, port: number): LwipErr {
    return connect(this.ctx, pcb, addr, port);
  }

  write(pcb: TcpPcb, data: Uint8Array): LwipErr {
    return write(this.ctx, pcb, data);
  }

  output(pcb: TcpPcb): LwipErr {
    return output(this.ctx, pcb);
  }

  recved(pcb: TcpPcb, length: number): void {
    recved(this.ctx, pcb, length);
  }

  close(pcb: TcpPcb): LwipErr {
    return close(this.ctx, pcb);
  }

  shutdown(pcb: TcpPcb, receive: boolean, send: boolean): LwipErr {
    return shutdown(this.ctx, pcb, receive, send);
  }

  abort(pcb: TcpPcb): void {
    abort(this.ctx, pcb);
  }
}
