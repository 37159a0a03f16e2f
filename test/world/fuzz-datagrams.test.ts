/** 100,000 damaged packets for every server of the world that has a UDP port: nothing gets out, nothing hangs, nothing piles up. */
import t from 'tap';
import { fromLatin1, ms, Rng, seconds } from '../../runtime/core/index.ts';
import { dnsMessage, emitDns, emitNtp, ntpTimestamp } from '../../runtime/wire/index.ts';
import { CoapStore } from '../../runtime/world/coap-store.ts';
import type { Host } from '../../runtime/world/host.ts';
import { NtpServer } from '../../runtime/world/ntp-server.ts';
import { SyslogSink } from '../../runtime/world/syslog-sink.ts';
import { TftpServer } from '../../runtime/world/tftp-server.ts';
import { damaged, FUZZ_PACKETS, MOST_GROWTH, steady } from '../helpers/fuzz.ts';
import { at, Wired } from '../helpers/wired.ts';

const zero = ntpTimestamp(0, 0);
const DATAGRAMS: readonly {
  name: string;
  port: number;
  make: (world: Wired, host: Host) => unknown;
  samples: readonly Uint8Array[];
}[] = [
  {
    name: 'NTP',
    port: 123,
    make: (world, host) => new NtpServer(world.clock, host),
    samples: [
      emitNtp({
        ...{ leap: 0, version: 4, mode: 3, stratum: 0, poll: 0, precision: 0, rootDelay: 0, rootDispersion: 0 },
        ...{ referenceId: '', reference: zero, origin: zero, receive: zero, transmit: zero },
      }),
    ],
  },
  {
    name: 'CoAP',
    port: 5683,
    make: (world, host) => new CoapStore(world.clock, host),
    samples: ['\x44\x01\0\x01TOKN\xb5hello', '\x44\x03\0\x02TOKN\xb5store\x01a\xffx', '\x40\0\0\x03'].map(fromLatin1),
  },
  {
    name: 'TFTP',
    port: 69,
    make: (world, host) => new TftpServer(world.clock, host).files.set('f', new Uint8Array(1000)),
    samples: ['\0\x01f\0octet\0', '\0\x02f\0octet\0', '\0\x03\0\x01x', '\0\x04\0\0', '\0\x05\0\0x\0'].map(fromLatin1),
  },
  {
    name: 'syslog',
    port: 514,
    make: (world, host) => {
      const sink = new SyslogSink(world.clock, host);
      sink.onMessage = () => sink.messages.splice(0);
    },
    samples: [fromLatin1('<34>Oct 11 22:14:15 esp su: failed')],
  },
  {
    name: 'the name server',
    port: 53,
    make: () => {},
    samples: [emitDns(dnsMessage({ id: 7, questions: [{ name: 'a.test', type: 'A', class: 1 }] }))],
  },
];

for (const { name, port, make, samples } of DATAGRAMS)
  t.test(`${name} over UDP`, async (t) => {
    const rng = new Rng(2, name);
    const world = new Wired();
    const server = port === 53 ? world.router().host : world.host('server.test', at(10));
    make(world, server);
    const socket = world.host('client.test', at(20)).udp(4000);
    const growth = steady(FUZZ_PACKETS / 50, () => {
      for (let n = 0; n < 50; n++) socket.send(damaged(rng, samples), server.addr, port);
      world.runFor(ms(100));
    });
    world.runFor(seconds(60));
    t.ok(growth < MOST_GROWTH, `${(growth / 1024).toFixed(0)} KB more`);
  });
