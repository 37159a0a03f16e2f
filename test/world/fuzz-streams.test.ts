/** 100,000 damaged packets for every server of the world that takes connections: nothing gets out, nothing hangs, nothing piles up. */
import t from 'tap';
import { fromLatin1, Rng, VirtualClock } from '../../runtime/core/index.ts';
import { emitWsFrame, type Ipv4Address, WS_OPCODE } from '../../runtime/wire/index.ts';
import { HttpServer } from '../../runtime/world/http-server.ts';
import { httpTest } from '../../runtime/world/http-test.ts';
import { SmtpSink } from '../../runtime/world/smtp-sink.ts';
import type { Stream, StreamHandler } from '../../runtime/world/stream.ts';
import { WebsocketEcho } from '../../runtime/world/websocket-echo.ts';
import { damaged, FUZZ_PACKETS, MOST_GROWTH, steady } from '../helpers/fuzz.ts';

/** A stream without a network; what is written is forgotten. */
class Pipe implements Stream {
  handler: StreamHandler | undefined;
  readonly localPort = 80;
  readonly remoteAddr = 1 as Ipv4Address;
  readonly remotePort = 1;
  open = true;
  write(): boolean {
    return this.open;
  }
  end(): void {
    this.destroy();
  }
  destroy(): void {
    if (!this.open) return;
    this.open = false;
    this.handler?.onClose?.(undefined);
  }
  pause(): void {}
  resume(): void {}
}

interface StreamServer {
  accept(stream: Stream): void;
}

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const UPGRADE = fromLatin1(`GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${KEY}\r\n`);
const frame = (opcode: number, text: string): Uint8Array =>
  emitWsFrame({ fin: true, opcode, payload: fromLatin1(text), mask: Uint8Array.of(1, 2, 3, 4) });

const STREAMS: readonly {
  name: string;
  make: (clock: VirtualClock) => StreamServer;
  first?: Uint8Array;
  samples: readonly Uint8Array[];
}[] = [
  {
    name: 'HTTP',
    make: (clock) => new HttpServer(clock, httpTest),
    samples: [
      'GET /get?a=b HTTP/1.1\r\nHost: a\r\n\r\n',
      'POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
      'POST /post HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      'GET /redirect/2 HTTP/1.0\r\n\r\n',
    ].map(fromLatin1),
  },
  {
    name: 'WebSocket',
    make: (clock) => new WebsocketEcho(clock),
    first: UPGRADE,
    samples: [
      frame(WS_OPCODE.TEXT, 'hello'),
      frame(WS_OPCODE.BINARY, 'x'.repeat(200)),
      frame(WS_OPCODE.PING, 'p'),
      frame(WS_OPCODE.CONTINUATION, 'c'),
      frame(WS_OPCODE.CLOSE, '\x03\xe8'),
    ],
  },
  {
    name: 'SMTP',
    make: (clock) => {
      const sink = new SmtpSink(clock);
      sink.onMail = () => sink.mails.splice(0);
      return sink;
    },
    first: fromLatin1('EHLO a\r\n'),
    samples: [
      'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n',
      'Subject: x\r\n\r\n..\r\n.\r\n',
      'AUTH PLAIN AGEAYg==\r\n',
      'AUTH LOGIN\r\nYQ==\r\nYg==\r\n',
      'RSET\r\nNOOP\r\n',
      'QUIT\r\n',
    ].map(fromLatin1),
  },
];

for (const { name, make, first, samples } of STREAMS)
  t.test(`${name} over TCP`, async (t) => {
    const rng = new Rng(1, name);
    const clock = new VirtualClock();
    const server = make(clock);
    let [pipe, said, connections] = [new Pipe(), 0, 0];
    pipe.open = false;
    const growth = steady(FUZZ_PACKETS, () => {
      if (!pipe.open || ++said > 50) {
        pipe.destroy();
        [pipe, said] = [new Pipe(), 0];
        connections++;
        server.accept(pipe);
        if (first !== undefined) pipe.handler?.onData?.(first);
      }
      pipe.handler?.onData?.(damaged(rng, samples));
    });
    pipe.destroy();
    t.ok(growth < MOST_GROWTH, `${(growth / 1024).toFixed(0)} KB more`);
    t.ok(connections > 1000, `${connections} connections`);
    t.same(clock.pending(), []);
  });
