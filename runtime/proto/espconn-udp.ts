/** UDP sockets of Espressif's connection layer (app/lwip/app/espconn.c, espconn_udp.c), those of one machine. */
import { ERR, type Stack, type UdpPcb } from '../stack/index.ts';
import { IPV4_ANY, type Ipv4Address } from '../wire/index.ts';
import { ESPCONN, type EspconnErr } from './espconn.ts';

/** A UDP socket (struct espconn). */
export class EspconnUdp {
  readonly #layer: EspconnUdpLayer;
  /** May be changed while the socket is open; it takes effect with the next {@link create} after {@link delete}. */
  localPort = 0;
  /** Where {@link send} sends to. */
  remoteAddr: Ipv4Address = IPV4_ANY;
  remotePort = 0;
  /** Empty datagrams are not told. */
  received: ((data: Uint8Array) => void) | undefined;
  /** Its owner gave the memory back; whoever still knows the socket reads what is not its own. */
  freed = false;
  /** Where the last datagram came from. */
  #sender = { addr: IPV4_ANY, port: 0 };
  #pcb: UdpPcb | undefined;

  constructor(layer: EspconnUdpLayer) {
    this.#layer = layer;
  }

  /** Opens `localPort`. ISCONN when it is open, or another socket has that port. */
  create(): EspconnErr {
    if (this.#layer.open.some((socket) => socket.localPort === this.localPort)) return ESPCONN.ISCONN;
    const pcb = this.#layer.stack.udp.newPcb();
    this.#pcb = pcb;
    this.#sender = { addr: IPV4_ANY, port: 0 };
    this.#layer.open.push(this);
    // As in the original the result is not looked at.
    pcb.bind(IPV4_ANY, this.localPort & 0xffff);
    pcb.recv = (data, addr, port) => {
      this.#sender = { addr, port };
      if (data.length > 0) this.received?.(data);
    };
    return ERR.OK;
  }

  /** ARG when closed and for nothing to send; else what the stack says. */
  send(data: Uint8Array): EspconnErr {
    if (this.#pcb === undefined || data.length === 0) return ESPCONN.ARG;
    return this.#pcb.sendTo(data, this.remoteAddr, this.remotePort);
  }

  /** From now on {@link send} answers the last datagram; false when closed. */
  turnToSender(): boolean {
    if (this.#pcb === undefined) return false;
    this.remoteAddr = this.#sender.addr;
    this.remotePort = this.#sender.port;
    return true;
  }

  /** Closes the socket. */
  delete(): void {
    this.#pcb?.remove();
    this.#pcb = undefined;
    const at = this.#layer.open.indexOf(this);
    if (at >= 0) this.#layer.open.splice(at, 1);
  }
}

export class EspconnUdpLayer {
  /** @internal */
  readonly stack: Stack;
  /** @internal Sockets that are open. */
  readonly open: EspconnUdp[] = [];

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** A closed socket. */
  socket(): EspconnUdp {
    return new EspconnUdp(this);
  }
}
