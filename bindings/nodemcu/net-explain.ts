/** Notes for people learning the traps of `net`; told to whoever listens to the device's `explain` event, else nothing. */
import type { Device } from '../../runtime/device/index.ts';
import type { TcpPcb } from '../../runtime/stack/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';

const TYPE_TCP = 1; // net.TCP

/** `where` is `chunk:line: ` of the script, or empty where no line of it is to blame. */
function tell(device: Device, where: string, note: string): void {
  device.events.emit('explain', `${where}${note}`, device.clock.now());
}

const listening = (device: Device): boolean => device.events.listenerCount('explain') > 0;

/** net.createServer(net.TCP, 30). */
export function explainCreateServer(call: LuaCall, device: Device): void {
  if (!listening(device) || call.count < 2 || call.toNumber(1) !== TYPE_TCP) return;
  const note =
    'createServer(net.TCP, ...) sets a time-out of 1 s: the type argument is gone, the first one is the time-out';
  tell(device, call.where(1), note);
}

/** close() while received data is not fully acknowledged to the stack, above all inside `receive`. */
export function explainClose(call: LuaCall, device: Device, pcb: TcpPcb): void {
  const { tcpWindow, tcpSendBuffer } = device.stack.opts;
  if (!listening(device) || pcb.state === 'SYN-SENT' || pcb.rcvWnd === tcpWindow) return;
  const queued = tcpSendBuffer - pcb.sndBuf;
  const note = `close() here resets the connection and loses ${queued} queued bytes: close in "sent" or from a task instead`;
  tell(device, call.where(1), note);
}

/** close() of what is not open, above all inside `disconnection`. */
export function explainNotOpen(call: LuaCall, device: Device): void {
  if (!listening(device)) return;
  const note =
    'close() raises here: nothing is open (inside disconnection and reconnection the connection is gone already)';
  tell(device, call.where(1), note);
}

/** send() of more than fits. */
export function explainFull(call: LuaCall, device: Device, pcb: TcpPcb, length: number): void {
  if (!listening(device)) return;
  const { tcpSendBuffer } = device.stack.opts;
  const waiting = tcpSendBuffer - pcb.sndBuf;
  const note = `send() of ${length} bytes while ${waiting} of ${tcpSendBuffer} wait to be acknowledged: none of it was queued, go on in "sent"`;
  tell(device, call.where(1), note);
}

/** Lengths have 16 bits. */
export function explainLength(call: LuaCall, device: Device, length: number): void {
  if (!listening(device) || length <= 0xffff) return;
  tell(device, call.where(1), `send() of ${length} bytes sends ${length & 0xffff}: the length is taken modulo 65536`);
}

/** connect() without an interface that could reach anything. */
export function explainNoRoute(device: Device): void {
  if (!listening(device)) return;
  tell(
    device,
    '',
    'connect() without an address of our own: no callback will ever come; wait for wifi.eventmon STA_GOT_IP',
  );
}

/** A name that was not found, for a socket that is to connect. */
export function explainNotFound(device: Device): void {
  if (!listening(device)) return;
  tell(device, '', 'a lookup failed, so the socket now connects to 255.255.255.255 and reports -8 in six seconds');
}

/** connect() to an address literal inside `disconnection` or `reconnection`. */
export function explainDeaf(device: Device): void {
  if (!listening(device)) return;
  tell(
    device,
    '',
    'connect() to an address inside disconnection makes a connection without callbacks: connect from a task',
  );
}

/** listen() on a port that has a listener. */
export function explainPortTaken(call: LuaCall, device: Device, port: number): void {
  if (!listening(device)) return;
  tell(device, call.where(1), `listen(): "out of memory" means that port ${port} has a server already`);
}

/** udpsocket:send() to a host name. */
export function explainNoName(call: LuaCall, device: Device): void {
  if (!listening(device)) return;
  tell(device, call.where(1), 'udpsocket:send() takes addresses only: look names up with net.dns.resolve');
}

/** udpsocket:send() of more than a frame holds. */
export function explainTooLong(call: LuaCall, device: Device, length: number): void {
  const most = device.stack.opts.ipMtu - 28; // IPv4 and UDP headers
  if (!listening(device) || length <= most) return;
  tell(device, call.where(1), `a datagram of ${length} bytes does not fit into a frame (${most}): it will not arrive`);
}
