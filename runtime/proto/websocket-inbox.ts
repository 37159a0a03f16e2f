/**
 * What the firmware's WebSocket client makes of the bytes it receives (app/websocket/websocketclient.c). Not
 * wire/websocket.ts, for its faults are kept: lengths of eight bytes are read from the wrong four; of a fragmented
 * message the first fragment is lost; when a frame came in pieces and more follows it, the buffer is read from its
 * start again. A frame header that is cut, which the original reads past, waits for the rest here.
 */
import { concat, EMPTY, u8 } from '../core/index.ts';
import { WS_OPCODE } from '../wire/index.ts';

/** A whole message, or a control frame. */
export interface WsMessage {
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** Put together from three fragments or more: the original then goes on reading behind its buffer. */
  readonly overrun?: true;
}

/** Codes that end a connection. */
export const WS_INBOX_CODE = { FRAME_TOO_LONG: -8, MESSAGE_TOO_LONG: -11, REST_TOO_LONG: -14, ORPHAN: -15 } as const;
export type WsInboxCode = (typeof WS_INBOX_CODE)[keyof typeof WS_INBOX_CODE];

/** About what a device has free: to keep more is out of memory there. */
const MAX_KEPT = 40_000;

interface Head {
  readonly fin: boolean;
  readonly opcode: number;
  readonly masked: boolean;
  readonly length: number;
  /** Where the payload begins. */
  readonly start: number;
}

export class WsInbox {
  /** frameBuffer: begins with a frame that was not complete when it came. */
  #frames: Uint8Array | undefined;
  /** payloadBuffer: fragments of a message. */
  #fragments: Uint8Array | undefined;
  #fragmentLength = 0;
  #fragmentOpcode = 0;
  /** What is being read. */
  #bytes = EMPTY;
  #length = 0;

  /** Takes what arrived. */
  receive(data: Uint8Array): void {
    // Masks are taken off in place.
    this.#bytes = this.#frames === undefined ? data.slice() : concat(this.#frames, data);
    if (this.#frames !== undefined) this.#frames = this.#bytes;
    this.#length = this.#bytes.length & 0xffff;
  }

  /** The next message, undefined when more has to come, or why the connection cannot go on. */
  next(): WsMessage | WsInboxCode | undefined {
    if ((this.#frames ?? EMPTY).length > MAX_KEPT) return WS_INBOX_CODE.FRAME_TOO_LONG;
    while (this.#length > 0) {
      const head = this.#head();
      if (head === undefined || head.length > this.#length - head.start) {
        // What was put together already stays as it is.
        this.#frames ??= this.#bytes.slice(0, this.#length);
        this.#length = 0;
        return undefined;
      }
      const payload = this.#bytes.slice(head.start, head.start + head.length);
      if (!head.fin) this.#keep(head.opcode, payload);
      else if (head.opcode === WS_OPCODE.CONTINUATION && this.#fragments === undefined) return WS_INBOX_CODE.ORPHAN;
      if ((this.#fragments ?? EMPTY).length > MAX_KEPT) return WS_INBOX_CODE.MESSAGE_TOO_LONG;
      this.#consume(head.start + head.length);
      if ((this.#frames ?? EMPTY).length > MAX_KEPT) return WS_INBOX_CODE.REST_TOO_LONG;
      if (head.fin) return this.#complete(head.opcode, payload);
    }
    return undefined;
  }

  #head(): Head | undefined {
    const bytes = this.#bytes;
    if (this.#length < 2) return undefined;
    const short = u8(bytes, 1) & 0x7f;
    const lengthEnd = short === 126 ? 4 : short === 127 ? 6 : 2;
    const masked = (u8(bytes, 1) & 0x80) !== 0;
    const start = lengthEnd + (masked ? 4 : 0);
    if (this.#length < start) return undefined;
    const long = bytes.subarray(2, lengthEnd).reduce((n, byte) => n * 256 + byte, 0);
    const length = lengthEnd === 2 ? short : long;
    if (masked) unmask(bytes, start, length);
    return { fin: (u8(bytes, 0) & 0x80) !== 0, opcode: u8(bytes, 0) & 15, masked, length, start };
  }

  /** A fragment that is not the last. The length of the first is forgotten, so that it is lost. */
  #keep(opcode: number, payload: Uint8Array): void {
    if (this.#fragments === undefined) {
      this.#fragments = payload;
      this.#fragmentOpcode = opcode;
      return;
    }
    this.#fragments = concat(this.#fragments.subarray(0, this.#fragmentLength), payload);
    this.#fragmentLength += payload.length;
  }

  #complete(opcode: number, payload: Uint8Array): WsMessage {
    if (opcode !== WS_OPCODE.CONTINUATION) return { opcode, payload };
    const whole = concat((this.#fragments ?? EMPTY).subarray(0, this.#fragmentLength), payload);
    const message = {
      opcode: this.#fragmentOpcode,
      payload: whole,
      ...(this.#fragmentLength > 0 ? { overrun: true as const } : {}),
    };
    this.#fragments = undefined;
    this.#fragmentLength = 0;
    this.#fragmentOpcode = 0;
    return message;
  }

  /** Moves on to the next frame. */
  #consume(end: number): void {
    const rest = this.#bytes.subarray(end, this.#length);
    this.#length = rest.length;
    if (rest.length === 0) {
      this.#frames = undefined;
      return;
    }
    if (this.#frames === undefined) {
      this.#bytes = rest;
      return;
    }
    // The rest is put behind what is there, and reading begins at the front.
    this.#frames = concat(this.#frames, rest);
    this.#bytes = this.#frames;
  }
}

/** As far as the bytes go. */
function unmask(bytes: Uint8Array, start: number, length: number): void {
  const end = Math.min(bytes.length, start + length);
  for (let i = start; i < end; i++) bytes[i] = u8(bytes, i) ^ u8(bytes, start - 4 + ((i - start) & 3));
}
