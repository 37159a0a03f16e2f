/** What the network tells a TCP socket, and how that reaches its Lua callbacks (modules/net.c, LWIP callbacks). */
import { ERR, ESP8266_OPTS, type LwipErr, type TcpPcb } from '../../runtime/stack/index.ts';
import { explainDeaf } from './net-explain.ts';
import type { TcpSocket } from './net-object.ts';

export const TCP_WND = ESP8266_OPTS.tcpWindow;

/**
 * Points a connection at its socket. Handlers look at the socket's state, not at which connection calls (net.c
 * does not either): an old connection in its closing states still speaks to a socket that was connected again.
 */
export function attachTcp(socket: TcpSocket, pcb: TcpPcb): void {
  pcb.handlers = {
    connected: (from) => onConnected(socket, from),
    recv: (from, data, more) => (data === undefined ? onFin(socket, from) : onData(socket, from, data, more)),
    sent: () => onSent(socket),
    error: (code) => onError(socket, code),
  };
}

/** Takes the connection away from its socket: nothing it does is heard any more (tcp_arg(pcb, NULL)). */
export function detachTcp(pcb: TcpPcb): void {
  pcb.handlers = {};
}

/** net_connected_cb. */
export function onConnected(socket: TcpSocket, pcb: TcpPcb | undefined): LwipErr {
  if (socket.pcb !== pcb) return ERR.ABRT;
  if (socket.pin.isSet) socket.callbacks.connection.call(socket.net.lua, socket.pin.value);
  return ERR.OK;
}

/** net_err_cb: `code` 0 is the peer's FIN. Unpins after the callback, whatever that did. */
function onError(socket: TcpSocket, code: LwipErr): void {
  if (!socket.pin.isSet) return;
  socket.pcb = undefined;
  const { reconnection, disconnection } = socket.callbacks;
  const callback = code !== ERR.OK && reconnection.isSet ? reconnection : disconnection;
  callback.call(socket.net.lua, socket.pin.value, code);
  if (socket.waitDns > 0) return;
  if (socket.pcb !== undefined) explainDeaf(socket.net.device);
  socket.pin.release();
}

/** The end of the peer's data: reported, then lwIP closes our side too. There is no half-close. */
function onFin(socket: TcpSocket, pcb: TcpPcb): LwipErr {
  if (socket.pcb === undefined || !socket.pin.isSet) return ERR.ABRT;
  onError(socket, ERR.OK);
  return pcb.close();
}

/**
 * One segment of a delivery (net_recv_cb). The state of the socket is only looked at before the first: if a callback
 * closes the socket, the segments that waited behind still come, with nil in its place; if it clears the handler,
 * nil is called.
 */
function onData(socket: TcpSocket, pcb: TcpPcb, data: Uint8Array, more: boolean): LwipErr {
  const { receive } = socket.callbacks;
  if (socket.delivery === 'none') {
    if (socket.pcb === undefined || !socket.pin.isSet) return ERR.ABRT;
    socket.delivery = receive.isSet ? 'handed over' : 'dropped';
  }
  if (socket.delivery === 'handed over') receive.callAnyway(socket.net.lua, socket.pin.value, data);
  if (more) return ERR.OK;
  socket.delivery = 'none';
  pcb.recved(socket.hold ? 0 : TCP_WND);
  return ERR.OK;
}

function onSent(socket: TcpSocket): LwipErr {
  if (socket.pcb === undefined || !socket.pin.isSet) return ERR.ABRT;
  socket.callbacks.sent.call(socket.net.lua, socket.pin.value);
  return ERR.OK;
}
