/** 100,000 damaged datagrams for every engine that speaks UDP: nothing gets out, nothing hangs, nothing piles up. */
import t, { type Test } from 'tap';
import { EMPTY, fromLatin1, Rng, toLatin1, us } from '../../runtime/core/index.ts';
import { CoapClients } from '../../runtime/proto/coap-client.ts';
import { CoapResources } from '../../runtime/proto/coap-server.ts';
import { parseCoapUri } from '../../runtime/proto/coap-uri.ts';
import { EspconnUdpLayer } from '../../runtime/proto/espconn-udp.ts';
import { MdnsResponder } from '../../runtime/proto/mdns-responder.ts';
import { catchAllAnswer } from '../../runtime/proto/portal-answers.ts';
import { paramsFile, readCredentials } from '../../runtime/proto/portal-form.ts';
import { wholeRequest } from '../../runtime/proto/portal-request.ts';
import { SntpClient } from '../../runtime/proto/sntp-client.ts';
import {
  COAP_CODE,
  COAP_OPTION,
  type Coap,
  dnsMessage,
  emitCoap,
  emitDns,
  emitNtp,
  ipv4,
  MDNS_PORT,
  NTP_PORT,
  ntpTimestamp,
} from '../../runtime/wire/index.ts';
import { damaged, FUZZ_PACKETS, MOST_GROWTH, steady } from '../helpers/fuzz.ts';
import { ProtoBench, US } from '../helpers/proto-bench.ts';

const verdict = (t: Test, growth: number): void => {
  t.ok(growth < MOST_GROWTH, `${(growth / 1024).toFixed(0)} KB more after ${FUZZ_PACKETS} packets`);
};

const coap = (more: Partial<Coap>): Uint8Array =>
  emitCoap({
    type: 'ACK',
    code: COAP_CODE.CONTENT,
    id: 1,
    token: fromLatin1('node'),
    options: [],
    payload: EMPTY,
    ...more,
  });

t.test('the SNTP client', async (t) => {
  const rng = new Rng(1);
  const bench = new ProtoBench();
  let time: number | undefined;
  const now = () => bench.wired.clock.now();
  const tasks: (() => void)[] = [];
  const client = new SntpClient(bench.env, {
    wall: {
      rate: 0,
      get unixTime() {
        return time === undefined ? undefined : us(now() + time);
      },
      setUnixTime: (at) => {
        time = at - now();
      },
    },
    uptime: now,
    post: (_, task) => tasks.push(task),
  });
  let asked: Uint8Array = EMPTY;
  let sent = 0;
  const socket = bench.peer.udp(NTP_PORT, (bytes, addr, port) => {
    asked = bytes;
    sent += 50;
    for (let n = 0; n < 50; n++) socket.send(damaged(rng, [answer()]), addr, port);
  });
  const zero = ntpTimestamp(0, 0);
  const answer = (): Uint8Array => {
    const bytes = emitNtp({
      ...{ leap: 0, version: 4, mode: 4, stratum: 1, poll: 0, precision: -20, rootDelay: 0, rootDispersion: 0 },
      ...{ referenceId: 'LOCL', reference: zero, origin: zero, receive: zero, transmit: zero },
    });
    bytes.set(asked.subarray(40, 48), 24);
    return bytes;
  };
  const request = {
    count: () => 1,
    name: () => '192.168.1.10',
    synced: () => {},
    failed: () => {},
    retain: () => {},
    release: () => {},
  };
  const growth = steady(600, () => {
    if (!client.busy && client.open() === 'ok') {
      client.forgetServers();
      client.start(request);
    }
    bench.run(2000);
    for (const task of tasks.splice(0)) task();
  });
  verdict(t, growth);
  t.ok(sent >= FUZZ_PACKETS, `${sent} packets`);
});

t.test('the mDNS responder', async (t) => {
  const rng = new Rng(2);
  const bench = new ProtoBench();
  const { stack, peer } = bench;
  const responder = new MdnsResponder(bench.env, { interfaces: () => stack.netifs, address: () => US });
  responder.register({ host: 'lamp', description: 'Lamp', service: 'http', port: 80, attributes: ['a=b'] });
  const names = ['lamp.local', '_http._tcp.local', 'Lamp._http._tcp.local', '_services._dns-sd._udp.local', 'x.local'];
  const samples = names.flatMap((name) =>
    (['A', 'PTR', 'SRV', 'TXT', 'ANY'] as const).map((type) =>
      emitDns(dnsMessage({ id: 7, questions: [{ name, type, class: 1 }] })),
    ),
  );
  samples.push(
    ...samples.slice(0, 5).map((query) => {
      const answer = query.slice();
      answer[2] = 0x84;
      return answer;
    }),
  );
  const socket = peer.udp(MDNS_PORT);
  const group = ipv4(224, 0, 0, 251);
  const growth = steady(FUZZ_PACKETS / 20, () => {
    for (let n = 0; n < 20; n++) socket.send(damaged(rng, samples), group, MDNS_PORT);
    bench.run(50);
  });
  verdict(t, growth);
  t.ok(
    bench.crashes.every((what) => what.startsWith('mdns: a name that points to itself')),
    'as the original',
  );
});

t.test('the CoAP client', async (t) => {
  const rng = new Rng(3);
  const bench = new ProtoBench();
  const clients = new CoapClients(bench.env, new EspconnUdpLayer(bench.stack));
  const uri = parseCoapUri('coap://192.168.1.10:7000/x');
  if (uri === undefined) throw new Error('uri');
  const socket = bench.peer.udp(7000, (request, addr, port) => {
    const id = ((request[2] ?? 0) << 8) | (request[3] ?? 0);
    const samples = [
      coap({ id, payload: fromLatin1('hello') }),
      coap({ id, type: 'RST', code: 0, token: EMPTY }),
      coap({ id, type: 'CON', options: [{ number: COAP_OPTION.CONTENT_FORMAT, value: Uint8Array.of(0) }] }),
    ];
    for (let n = 0; n < 25; n++) socket.send(damaged(rng, samples), addr, port);
  });
  const growth = steady(FUZZ_PACKETS / 50, () => {
    const client = clients.client();
    client.request('CON', COAP_CODE.GET, uri, EMPTY);
    client.request('NON', COAP_CODE.PUT, uri, fromLatin1('x'));
    bench.run(100_000);
    client.free();
  });
  verdict(t, growth);
});

t.test('the CoAP server', async (t) => {
  const rng = new Rng(4);
  const hangs: string[] = [];
  const resources = new CoapResources({
    chipId: 1,
    variable: () => '21',
    call: (_, payload) => payload.subarray(0, 100),
    run: () => {},
    hang: () => {
      hangs.push('the original hangs');
      throw new RangeError('hang');
    },
  });
  resources.addVariable('temp', 0);
  resources.addFunction('twice', 0);
  const path = (...parts: string[]) => parts.map((part) => ({ number: COAP_OPTION.URI_PATH, value: fromLatin1(part) }));
  const samples = [
    coap({ type: 'CON', code: COAP_CODE.GET, options: path('v1', 'v', 'temp') }),
    coap({ type: 'CON', code: COAP_CODE.POST, options: path('v1', 'f', 'twice'), payload: fromLatin1('ab') }),
    coap({ type: 'NON', code: COAP_CODE.POST, options: path('v1', 'c'), payload: fromLatin1('x=1') }),
    coap({ type: 'CON', code: COAP_CODE.GET, options: path('.well-known', 'core') }),
  ];
  const growth = steady(FUZZ_PACKETS, () => {
    try {
      resources.respond(damaged(rng, samples));
    } catch (error) {
      if (!(error instanceof RangeError && error.message === 'hang')) throw error;
    }
  });
  verdict(t, growth);
});

t.test('the setup portal: names, requests and forms', async (t) => {
  const rng = new Rng(5);
  const queries = [emitDns(dnsMessage({ id: 7, questions: [{ name: 'captive.apple.com', type: 'A', class: 1 }] }))];
  const requests = [
    'GET /update?wifi_ssid=home&wifi_password=a%20b HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /setwifi HTTP/1.1\r\nContent-Length: 32\r\n\r\nwifi_ssid=home&wifi_password=abc',
    'POST /setwifi HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwifi_\r\n4\r\nssid\r\n0\r\n\r\n',
  ].map(fromLatin1);
  const growth = steady(FUZZ_PACKETS, () => {
    catchAllAnswer(damaged(rng, queries), US);
    const text = toLatin1(damaged(rng, requests));
    const request = wholeRequest(text);
    readCredentials(request ?? text);
    paramsFile(request ?? text);
  });
  verdict(t, growth);
});
