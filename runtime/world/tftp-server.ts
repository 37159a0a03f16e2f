/**
 * A TFTP server (RFC 1350) for reading and writing, mode octet or netascii taken as it is. Each transfer has a port of its
 * own. Options (RFC 2347) are ignored, as that document allows.
 */
import { type Clock, concat, EMPTY, fromLatin1, seconds, type Timer, toLatin1 } from '../core/index.ts';
import type { Ipv4Address } from '../wire/index.ts';
import type { Host } from './host.ts';
import { garbled, refusal, type Service, type ServiceFaults, ServicePort } from './service.ts';

export const TFTP_PORT = 69;
const OP = { RRQ: 1, WRQ: 2, DATA: 3, ACK: 4, ERROR: 5 } as const;
const ERROR = { NOT_FOUND: 1, ILLEGAL: 4, UNKNOWN_ID: 5 } as const;
const BLOCK = 512;
const RETRY = seconds(1);
const MAX_RETRIES = 5;
const MAX_FILE = 1024 * 1024;

/** A refusal is an error code for every request; a wrong answer has its bytes changed. */
export class TftpServer implements Service {
  readonly faults: ServiceFaults = {};
  readonly files = new Map<string, Uint8Array>();
  readonly #clock: Clock;
  readonly #host: Host;
  readonly #socket: ServicePort;
  readonly #transfers = new Set<Transfer>();

  /** Takes UDP port 69 of `host`. */
  constructor(clock: Clock, host: Host) {
    this.#clock = clock;
    this.#host = host;
    this.#socket = new ServicePort(clock, host, TFTP_PORT, this.faults, (bytes, addr, port) =>
      this.#onRequest(bytes, addr, port),
    );
  }

  /** Transfers under way. */
  get transfers(): number {
    return this.#transfers.size;
  }

  #onRequest(bytes: Uint8Array, addr: Ipv4Address, port: number): void {
    const op = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    const [name = '', mode] = toLatin1(bytes.subarray(2)).split('\0');
    const code = refusal(this.faults);
    const file = this.files.get(name);
    const writes = op === OP.WRQ;
    if (code !== undefined) this.#socket.send(error(code, 'refused'), addr, port);
    else if ((op !== OP.RRQ && !writes) || mode === undefined)
      this.#socket.send(error(ERROR.ILLEGAL, 'illegal TFTP operation'), addr, port);
    else if (!writes && file === undefined) this.#socket.send(error(ERROR.NOT_FOUND, 'file not found'), addr, port);
    // A request that comes again: its answer was lost, and will be repeated.
    else if (![...this.#transfers].some((transfer) => transfer.isOf(addr, port))) {
      const transfer: Transfer = new Transfer(this.#clock, this.#host, this.faults, addr, port, {
        received: writes ? (data) => this.files.set(name, data) : undefined,
        file: file ?? EMPTY,
        over: () => this.#transfers.delete(transfer),
      });
      this.#transfers.add(transfer);
    }
  }
}

interface TransferTask {
  /** Of a write: called with the whole file. */
  readonly received: ((data: Uint8Array) => void) | undefined;
  readonly file: Uint8Array;
  over(): void;
}

/** One file on its way: DATA and ACK in turn, repeated after a second of silence. */
class Transfer {
  readonly #addr: Ipv4Address;
  readonly #port: number;
  readonly #faults: ServiceFaults;
  readonly #task: TransferTask;
  readonly #socket: ServicePort;
  readonly #timer: Timer;
  /** Of a write the block received last, of a read the one sent last. */
  #block = 0;
  #data = EMPTY;
  #last: Uint8Array = EMPTY;
  #finished = false;
  #retries = 0;

  constructor(clock: Clock, host: Host, faults: ServiceFaults, addr: Ipv4Address, port: number, task: TransferTask) {
    this.#addr = addr;
    this.#port = port;
    this.#faults = faults;
    this.#task = task;
    this.#timer = clock.timer('tftp.retry', () => this.#retry());
    this.#socket = new ServicePort(clock, host, 0, faults, (bytes, from, fromPort) => {
      if (this.isOf(from, fromPort)) this.#onPacket(bytes);
      else this.#socket.send(error(ERROR.UNKNOWN_ID, 'unknown transfer ID'), from, fromPort);
    });
    if (task.received === undefined) this.#sendBlock(1);
    else this.#send(packet(OP.ACK, 0));
  }

  isOf(addr: Ipv4Address, port: number): boolean {
    return addr === this.#addr && port === this.#port;
  }

  #onPacket(bytes: Uint8Array): void {
    const op = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    const block = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
    if (op === OP.ERROR) this.#end();
    else if (op === OP.ACK && this.#task.received === undefined && block === (this.#block & 0xffff)) {
      if (this.#finished) this.#end();
      else this.#sendBlock(this.#block + 1);
    } else if (op === OP.DATA && this.#task.received !== undefined) this.#onData(block, bytes.slice(4));
  }

  #onData(block: number, data: Uint8Array): void {
    if (block === ((this.#block + 1) & 0xffff) && !this.#finished) {
      this.#block++;
      this.#data = concat(this.#data, data);
      this.#finished = data.length < BLOCK;
      if (this.#finished) this.#task.received?.(this.#data);
      if (this.#data.length > MAX_FILE) this.#end();
    }
    // A block that comes again: its acknowledgement was lost.
    if (block === (this.#block & 0xffff)) this.#send(packet(OP.ACK, block));
  }

  #sendBlock(block: number): void {
    this.#block = block;
    const data = this.#task.file.subarray((block - 1) * BLOCK, block * BLOCK);
    this.#finished = data.length < BLOCK;
    this.#send(packet(OP.DATA, block & 0xffff, this.#faults.wrong ? garbled(data) : data));
  }

  #send(bytes: Uint8Array): void {
    this.#last = bytes;
    this.#retries = 0;
    this.#socket.send(bytes, this.#addr, this.#port);
    this.#timer.arm(RETRY);
  }

  #retry(): void {
    const dallies = this.#finished && this.#task.received !== undefined;
    if (dallies || ++this.#retries > MAX_RETRIES) {
      this.#end();
      return;
    }
    this.#socket.send(this.#last, this.#addr, this.#port);
    this.#timer.arm(RETRY);
  }

  #end(): void {
    this.#timer.cancel();
    this.#socket.close();
    this.#task.over();
  }
}

const packet = (op: number, number: number, rest = EMPTY): Uint8Array =>
  concat(Uint8Array.of(0, op, number >> 8, number & 0xff), rest);
const error = (code: number, text: string): Uint8Array => packet(OP.ERROR, code, fromLatin1(`${text}\0`));
