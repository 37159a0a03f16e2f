/** What espconn keeps for one connection under way (espconn_msg), and how it writes to it. */
import { EMPTY } from '../core/index.ts';
import { ERR, type LwipErr, type TcpPcb } from '../stack/index.ts';

export interface Outgoing {
  unsent: Uint8Array;
  /** Bytes not acknowledged yet. */
  unacked: number;
}

/** One connection under way (espconn_msg) of a `Conn`, the connection as its owner sees it. */
export interface EspconnLink<Conn> {
  readonly conn: Conn;
  readonly pcb: TcpPcb;
  readonly buffers: Outgoing[];
  connected: boolean;
  /** Segments that wait for the rest of their chain. */
  chain: Uint8Array;
  /** Bytes received while on hold, for which the window stays shut; undefined = not on hold. */
  held: number | undefined;
  /** The server that accepted it, and polls without traffic since. */
  readonly server: EspconnTimeout | undefined;
  idlePolls: number;
}

/** What a server fixes for the connections it has. */
export interface EspconnTimeout {
  /** Polls without traffic after which a connection is closed; 0 = never. */
  readonly timeoutPolls: number;
}

/** Slow ticks from poll to poll (espconn_tcp_accept in release 1.5, 2 s; 4 since 2.0). */
export const POLL_TICKS = 8;

export const newLink = <Conn>(conn: Conn, pcb: TcpPcb, server: EspconnTimeout | undefined): EspconnLink<Conn> => ({
  conn,
  pcb,
  buffers: [],
  connected: false,
  chain: EMPTY,
  held: undefined,
  server,
  idlePolls: 0,
});

export const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  if (a.length === 0) return b;
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
};

/** espconn_tcp_sent: at most two segments per call, half of it again and again while the queue refuses. */
export function writePart(pcb: TcpPcb, buffer: Outgoing, mostSegments: number): LwipErr {
  let length = Math.min(pcb.sndBuf, buffer.unsent.length, 2 * pcb.mss);
  let code = tryWrite(pcb, buffer.unsent.subarray(0, length), mostSegments);
  while (code === ERR.MEM && length > 1) {
    length = length < 3 ? length - 1 : length >> 1;
    code = tryWrite(pcb, buffer.unsent.subarray(0, length), mostSegments);
  }
  if (code !== ERR.OK) return code;
  buffer.unsent = buffer.unsent.subarray(length);
  return pcb.output();
}

const tryWrite = (pcb: TcpPcb, data: Uint8Array, mostSegments: number): LwipErr =>
  pcb.sndQueueLen + Math.ceil(data.length / pcb.mss) > mostSegments ? ERR.MEM : pcb.write(data);
