/** TCP servers of Espressif's connection layer (app/lwip/app/espconn_tcp.c), as release 1.5 has them. */
import { ERR, type LwipErr, type Stack, type TcpPcb } from '../stack/index.ts';
import { IPV4_ANY } from '../wire/index.ts';
import { ESPCONN, type Espconn, type EspconnErr, type EspconnTcp } from './espconn.ts';
import type { EspconnTimeout } from './espconn-link.ts';

const MAX_CLIENTS = 5; // count_opt: MEMP_NUM_TCP_PCB
const DEFAULT_TIMEOUT_POLLS = 10; // espconn_tcp_server

/** One server; it may listen at several ports in turn, and never stops (espconn_delete is not used). */
export class EspconnServer implements EspconnTimeout {
  readonly #stack: Stack;
  readonly #layer: Espconn;
  readonly #clients: EspconnTcp[] = [];
  readonly #ports: number[] = [];
  timeoutPolls = DEFAULT_TIMEOUT_POLLS;
  /** The handshake with a client is complete. Whoever takes it sets its handlers; else its window closes. */
  accepted: ((client: EspconnTcp) => void) | undefined;

  constructor(stack: Stack, layer: Espconn) {
    this.#stack = stack;
    this.#layer = layer;
  }

  /** Connections that are not at their end yet. */
  get clients(): readonly EspconnTcp[] {
    return this.#clients;
  }

  /** espconn_accept. ISCONN while somebody is connected at that port, MEM when it is taken. */
  listen(port: number): EspconnErr {
    if (this.#layer.hasLocalPort(port)) return ESPCONN.ISCONN;
    if (this.#ports.includes(port)) return ESPCONN.MEM;
    const pcb = this.#stack.tcp.newPcb();
    pcb.bind(IPV4_ANY, port);
    if (pcb.listen() !== ERR.OK) return ESPCONN.MEM;
    pcb.handlers = { accepted: (client) => this.#accept(client) };
    this.#ports.push(port);
    return ESPCONN.OK;
  }

  /** The connection has ended. */
  forget(client: EspconnTcp): void {
    const at = this.#clients.indexOf(client);
    if (at >= 0) this.#clients.splice(at, 1);
  }

  #accept(pcb: TcpPcb): LwipErr {
    if (this.#clients.length >= MAX_CLIENTS) return ERR.ISCONN;
    const client = this.#layer.tcp();
    client.localPort = pcb.localPort;
    client.remoteAddr = pcb.remoteAddr;
    client.remotePort = pcb.remotePort;
    this.#clients.push(client);
    client.handlers = { disconnected: () => this.forget(client), failed: () => this.forget(client) };
    this.#layer.adopt(client, pcb, this);
    this.accepted?.(client);
    return ERR.OK;
  }
}
