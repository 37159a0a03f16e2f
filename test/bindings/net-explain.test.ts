/** Notes for learners: which traps are told, with the line of the script, and that telling changes nothing. */
import t from 'tap';
import { EMPTY, fromLatin1 } from '../../runtime/core/index.ts';
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  emitArp,
  emitEthernet,
  emitIpv4,
  emitTcp,
  ipv4,
  type MacAddress,
  PROTO_TCP,
  parseEthernet,
  parseIpv4Packet,
  parseTcp,
  TCP_ACK,
  TCP_PSH,
  TCP_SYN,
  type Tcp,
} from '../../runtime/wire/index.ts';
import { Board } from './net-board.ts';

const US = ipv4(192, 168, 1, 50);
const PEER = ipv4(192, 168, 1, 10);
const OUR_MAC = 0x18fe34010203 as MacAddress;
const PEER_MAC = 0x02000000000a as MacAddress;

/** The last segment the board sent. */
function lastSegment(board: Board): Tcp {
  const frame = parseEthernet(board.sent.at(-1) ?? EMPTY);
  const packet = frame.ok ? parseIpv4Packet(frame.value.payload) : frame;
  const tcp = packet.ok ? parseTcp(packet.value.payload, US, PEER) : packet;
  if (!tcp.ok) throw new Error(tcp.error);
  return tcp.value;
}

const arp = (board: Board): void => {
  const payload = emitArp({ op: 2, senderMac: PEER_MAC, senderIp: PEER, targetMac: OUR_MAC, targetIp: US });
  board.deliver(emitEthernet({ dst: OUR_MAC, src: PEER_MAC, etherType: ETHERTYPE_ARP, payload }));
};

/** A segment from the peer, in answer to the last one of the board. */
function answer(board: Board, seq: number, flags: number, text = ''): void {
  const last = lastSegment(board);
  const ack = (last.seq + last.payload.length + ((last.flags & TCP_SYN) !== 0 ? 1 : 0)) >>> 0;
  const segment = { seq, ack, flags, window: 8192, urgent: 0, options: { mss: 1460 }, payload: fromLatin1(text) };
  const payload = emitIpv4({
    tos: 0,
    id: 1,
    flags: { df: false, mf: false },
    fragOffset: 0,
    ttl: 64,
    protocol: PROTO_TCP,
    src: PEER,
    dst: US,
    options: EMPTY,
    payload: emitTcp({ ...segment, srcPort: 80, dstPort: last.srcPort }, PEER, US),
  });
  board.deliver(emitEthernet({ dst: OUR_MAC, src: PEER_MAC, etherType: ETHERTYPE_IPV4, payload }));
}

t.test('closing inside receive: how many queued bytes are lost, and where', async (t) => {
  const board = new Board();
  board.device.events.on('explain', (note) => board.notes.push(note));
  board.lua(`s = net.createConnection()
    s:on("receive", function(sck)
      sck:send(("x"):rep(120))
      sck:close()
    end)
    s:connect(80, "192.168.1.10")`);
  arp(board);
  answer(board, 1000, TCP_SYN | TCP_ACK);
  answer(board, 1001, TCP_ACK | TCP_PSH, 'GET');
  t.match(board.notes, [/^t:4: close\(\) here resets the connection and loses 120 queued bytes/]);
});

t.test('closing from a task loses nothing and is not told', async (t) => {
  const board = new Board();
  board.device.events.on('explain', (note) => board.notes.push(note));
  board.lua('s = net.createConnection() s:connect(80, "192.168.1.10")');
  arp(board);
  answer(board, 1000, TCP_SYN | TCP_ACK);
  board.lua('s:send("bye") s:close()');
  t.same(board.notes, []);
});

t.test('traps are explained to whoever listens, and only to them', async (t) => {
  const board = new Board();
  const silent = board.lua('net.createServer(net.TCP, 30)');
  board.device.events.on('explain', (note) => board.notes.push(note));
  t.same(board.lua('net.createServer(net.TCP, 30)'), silent, 'the console stays the same');
  t.match(board.notes.splice(0), [/^t:1: .*time-out of 1 s/]);
  board.lua('net.createServer(30) net.createServer() net.createServer(net.TCP)');
  t.same(board.notes, []);
  board.lua('s = net.createConnection() s:connect(80, "192.168.1.10")\npcall(s.send, s, ("x"):rep(2920))');
  t.match(board.notes.splice(0), [/send\(\) of 2920 bytes while 1 of 2920/]);
  board.lua(
    '\nlocal a, b = net.createServer(), net.createServer()\na:listen(80, print)\npcall(function() b:listen(80, print) end)',
  );
  t.match(board.notes.splice(0), [/^t:4: .*port 80/]);
  board.lua(
    'u = net.createUDPSocket() pcall(u.send, u, 1, "h.example", "x")\nu:send(1, "192.168.1.10", ("x"):rep(1473))',
  );
  t.match(board.notes.splice(0), [/addresses only/, /^t:2: .*1473 bytes does not fit/]);
  board.lua('pcall(function() net.createConnection():close() end)');
  t.match(board.notes.splice(0), [/nothing is open/]);
});

t.test('connecting without an address is explained', async (t) => {
  const board = new Board({ address: false });
  board.device.events.on('explain', (note) => board.notes.push(note));
  board.lua('net.createConnection():connect(80, "192.168.1.10")');
  t.match(board.notes, [/no callback will ever come/]);
});
