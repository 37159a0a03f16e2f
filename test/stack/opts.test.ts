import t from 'tap';
import { ERR } from '../../runtime/stack/err.ts';
import { ESP8266_OPTS, HOST_OPTS } from '../../runtime/stack/opts.ts';

t.test('the firmware’s numbers', (t) => {
  t.match(ESP8266_OPTS, {
    tcpMss: 1460,
    tcpWindow: 5840,
    tcpSendBuffer: 2920,
    tcpSendQueue: 8,
    tcpMaxRetransmits: 12,
    tcpMaxSynRetransmits: 6,
    tcpEstablishedLimit: 5,
    tcpPortFirst: 1024,
    tcpPortLast: 32766,
    tcpFastMs: 125,
    tcpSlowMs: 250,
    tcpFinWait2Ms: 20_000,
    tcpSynReceivedMs: 20_000,
    tcpMslMs: 5000,
    tcpOutOfOrderRtos: 6,
    tcpKeepIdleMs: 120_000,
    tcpKeepIntervalMs: 10_000,
    tcpKeepCount: 9,
    ipTtl: 255,
    ipReassembly: false,
    ipFragmentation: false,
    arpTableSize: 10,
    arpQueueLength: 3,
    udpPortFirst: 4096,
    igmpTtl: 1,
    dnsTableSize: 4,
    dnsMaxServers: 2,
    dnsMessageSize: 512,
  });
  t.equal(ESP8266_OPTS.dnsDefaultServer, (208 << 24) + (67 << 16) + (222 << 8) + 222 + 2 ** 32);
  t.end();
});

t.test('slow ticks are whole fast ticks, on a host too', (t) => {
  for (const opts of [ESP8266_OPTS, HOST_OPTS]) t.equal(opts.tcpSlowMs % opts.tcpFastMs, 0);
  t.end();
});

t.test('error numbers run from 0 down without gaps, timeouts at -3 and aborts at -8', (t) => {
  t.same(
    Object.values(ERR),
    Array.from({ length: 16 }, (_, i) => (i === 0 ? 0 : -i)),
  );
  t.equal(ERR.ABRT, -8);
  t.equal(ERR.RST, -9);
  t.end();
});
