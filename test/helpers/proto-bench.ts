/** A device's stack with protocol engines on it, and a computer beside it whose programs a test writes. */
import { type Micros, ms, Rng, toLatin1 } from '../../runtime/core/index.ts';
import { type ProtoEnv, protoEnv } from '../../runtime/proto/index.ts';
import type { Stack } from '../../runtime/stack/index.ts';
import { ipv4, type MacAddress } from '../../runtime/wire/index.ts';
import type { Host } from '../../runtime/world/host.ts';
import type { HostStream } from '../../runtime/world/host-stream.ts';
import { at, Wired } from './wired.ts';

const MAC = 0x18fe34010203 as MacAddress;
export const US = at(50);
export const PEER = at(10);

/** One connection the peer accepted: what it got, and how it ended. */
export interface Accepted {
  readonly stream: HostStream;
  text: string;
  ended: boolean;
  /** -9 for a RST of ours; undefined while open or after a clean end. */
  error: number | undefined;
}

export class ProtoBench {
  readonly wired = new Wired();
  readonly peer: Host;
  readonly stack: Stack;
  readonly env: ProtoEnv;
  /** What would have been a memory fault on the chip. */
  readonly crashes: string[] = [];
  readonly accepted: Accepted[] = [];

  constructor() {
    this.wired.router();
    this.peer = this.wired.host('peer.test', PEER);
    this.stack = this.wired.client(MAC);
    const [netif] = this.stack.netifs;
    netif?.setAddr(US, ipv4(255, 255, 255, 0), at(1));
    netif?.setUp();
    this.stack.dns.setServer(0, at(1));
    this.env = protoEnv(this.stack, new Rng(1), (what) => this.crashes.push(what));
    this.run(1000);
  }

  /** The peer accepts on a port; without `holdOpen` it ends its side when we do. */
  listen(port: number, onData?: (connection: Accepted, bytes: Uint8Array) => void): void {
    this.peer.listen(port, (stream) => {
      const connection: Accepted = { stream, text: '', ended: false, error: undefined };
      this.accepted.push(connection);
      stream.handler = {
        onData: (bytes) => {
          connection.text += toLatin1(bytes);
          onData?.(connection, bytes);
        },
        onEnd: () => {
          connection.ended = true;
          stream.end();
        },
        onClose: (error) => {
          connection.error = error;
        },
      };
    });
  }

  /** The connection accepted last. */
  get last(): Accepted {
    const connection = this.accepted.at(-1);
    if (connection === undefined) throw new Error('nobody connected');
    return connection;
  }

  /** Lets so many milliseconds pass. */
  run(milliseconds: number): void {
    this.wired.runFor(ms(milliseconds) as Micros);
  }
}
