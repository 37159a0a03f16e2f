/**
 * Relative sequence numbers. A vector counts each side of a connection from that side's initial number;
 * a device and its peer choose these numbers themselves. The rules for what restarts the count are those of
 * the format (section Frames): a SYN of the device, and a SYN of the peer that the device answers with SYN+ACK.
 */
import type { Rng } from '../../runtime/core/index.ts';
import { seqAdd, seqDiff, TCP_ACK, TCP_RST, TCP_SYN, type Tcp } from '../../runtime/wire/index.ts';

/** One 4-tuple, seen from the device. */
export interface Flow {
  deviceIsn: number | undefined;
  peerIsn: number | undefined;
  /** Something else than SYNs crossed since the count began: a new SYN is a new connection. */
  moved: boolean;
  /** The next SYN+ACK of the device begins its count. */
  answering: boolean;
  /** What the device acknowledged last, absolute. */
  acked: number | undefined;
}

/** What a segment of the device says in relative numbers. */
export interface Relative {
  readonly seq: number;
  readonly ack: number;
  /** A pure ACK that repeats the current acknowledgement number. */
  readonly repeats: boolean;
  /** Makes the numbers of this segment the flow's. */
  commit(): void;
}

/** All 4-tuples of one vector. */
export class Flows {
  readonly #rng: Rng;
  readonly #flows = new Map<string, Flow>();

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /** @param key `device-end peer-end`, concrete. */
  flow(key: string): Flow {
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      flow = { deviceIsn: undefined, peerIsn: undefined, moved: false, answering: false, acked: undefined };
      this.#flows.set(key, flow);
    }
    return flow;
  }

  /** Absolute numbers of a segment to the device. `restart`: a SYN that the device will answer with SYN+ACK. */
  toDevice(flow: Flow, flags: number, seq: number, ack: number, restart: boolean): { seq: number; ack: number } {
    if (restart) {
      if (flow.moved) flow.peerIsn = undefined;
      flow.answering = flow.moved || flow.deviceIsn === undefined;
      flow.moved = false;
    } else {
      flow.moved = true;
    }
    flow.peerIsn ??= this.#rng.u32();
    if ((flags & TCP_ACK) !== 0) flow.deviceIsn ??= this.#rng.u32();
    return { seq: seqAdd(flow.peerIsn, seq), ack: seqAdd(flow.deviceIsn ?? 0, ack) };
  }

  /** Relative numbers of a segment from the device. */
  fromDevice(flow: Flow, tcp: Tcp): Relative {
    const syn = (tcp.flags & TCP_SYN) !== 0;
    const active = syn && (tcp.flags & TCP_ACK) === 0;
    const restarts =
      flow.deviceIsn === undefined ||
      (active && flow.moved && tcp.seq !== flow.deviceIsn) ||
      (syn && !active && flow.answering);
    // A side that never sent a SYN counts from 1.
    const deviceIsn = restarts ? (syn ? tcp.seq : seqAdd(tcp.seq, -1)) : (flow.deviceIsn as number);
    const peerIsn = active && restarts ? undefined : flow.peerIsn;
    const pure = tcp.flags === TCP_ACK && tcp.payload.length === 0;
    return {
      seq: seqDiff(tcp.seq, deviceIsn),
      ack: peerIsn === undefined ? tcp.ack : seqDiff(tcp.ack, peerIsn),
      repeats: pure && tcp.ack === flow.acked,
      commit() {
        flow.deviceIsn = deviceIsn;
        flow.peerIsn = peerIsn;
        if (syn) flow.answering = false;
        if (active && restarts) flow.moved = false;
        if (!syn) flow.moved = true;
        if ((tcp.flags & (TCP_ACK | TCP_RST)) === TCP_ACK) flow.acked = tcp.ack;
      },
    };
  }
}

/** Name of a 4-tuple, the device's end first. */
export const flowKey = (addr: number, port: number, peerAddr: number, peerPort: number): string =>
  `${addr}:${port} ${peerAddr}:${peerPort}`;
