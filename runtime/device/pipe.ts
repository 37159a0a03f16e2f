/**
 * NodeMCU's pipe (modules/pipe.c): a byte queue in pieces of at most 256 bytes, with an optional reader that is
 * posted as a task when bytes arrive. The console's input and a redirected output are pipes too.
 */
import { concat } from '../core/index.ts';
import type { Priority } from './tasks.ts';

const PIECE = 256; // LUAL_BUFFERSIZE of the firmware's builds

/** How far {@link Pipe.read} reads. */
export type PipeLimit =
  | { readonly kind: 'count'; readonly bytes: number }
  | { readonly kind: 'until'; readonly delimiter: number; readonly keep: boolean };

/** The reader's side: what the pipe needs to get its callback run. */
export interface PipeReader {
  readonly priority: Priority;
  /** Posts a task that calls {@link Pipe.runReader}; raises when the queue is full. */
  post(pipe: Pipe): void;
  /** Calls the reader; its result decides about reposting: true, false or anything else. */
  call(pipe: Pipe): boolean | undefined;
}

/** A userdata of the firmware; it stays the same while its bytes come and go. */
export interface PipePiece {
  bytes: Uint8Array;
}

export class Pipe {
  readonly #pieces: PipePiece[] = [];
  readonly #reader: PipeReader | undefined;
  /** A task is posted, or a write came while the reader ran. */
  #updated = false;

  constructor(reader?: PipeReader) {
    this.#reader = reader;
  }

  /** The first is read next. */
  get pieces(): readonly PipePiece[] {
    return this.#pieces;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    let rest = bytes;
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.bytes.length < PIECE) {
      const room = PIECE - last.bytes.length;
      last.bytes = concat(last.bytes, rest.subarray(0, room));
      rest = rest.subarray(room);
    }
    for (; rest.length > 0; rest = rest.subarray(PIECE)) this.#pieces.push({ bytes: rest.slice(0, PIECE) });
    if (this.#reader === undefined || this.#updated) return;
    // pipe.c posts whenever no post is outstanding, also from inside the reader.
    this.#updated = true;
    this.#reader.post(this);
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    let rest = bytes;
    const first = this.#pieces[0];
    if (first !== undefined && first.bytes.length < PIECE) {
      const room = Math.min(PIECE - first.bytes.length, rest.length);
      first.bytes = concat(rest.subarray(rest.length - room), first.bytes);
      rest = rest.subarray(0, rest.length - room);
    }
    for (; rest.length > 0; rest = rest.subarray(0, Math.max(0, rest.length - PIECE))) {
      this.#pieces.unshift({ bytes: rest.slice(Math.max(0, rest.length - PIECE)) });
    }
  }

  /** Undefined when the pipe is empty; otherwise what is there up to the limit. */
  read(limit: PipeLimit): Uint8Array | undefined {
    const parts: Uint8Array[] = [];
    let wanted = limit.kind === 'count' ? limit.bytes : Number.POSITIVE_INFINITY;
    while (wanted > 0) {
      const piece = this.#pieces[0];
      if (piece === undefined) break;
      const { bytes } = piece;
      let used = Math.min(wanted, bytes.length);
      let kept = used;
      if (limit.kind === 'until') {
        const at = bytes.indexOf(limit.delimiter);
        if (at >= 0) {
          used = at + 1;
          kept = limit.keep ? used : at;
          wanted = used;
        }
      }
      parts.push(bytes.subarray(0, kept));
      wanted -= used;
      piece.bytes = bytes.subarray(used);
      if (used === bytes.length) this.#pieces.shift();
    }
    return parts.length === 0 ? undefined : concat(...parts);
  }

  /** The posted task: calls the reader and posts again as its result says. */
  runReader(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    const wasUpdated = this.#updated;
    this.#updated = false;
    const answer = reader.call(this);
    // true: while something is left; false: never; anything else: as the state was before the call, which is
    // always "updated" for a posted task, so such a reader is posted for ever (pipe.c).
    const repost = answer === undefined ? wasUpdated : answer && this.#pieces.length > 0;
    // A write inside the reader has posted by itself; overwriting its mark is pipe.c's way.
    this.#updated = repost;
    if (repost) reader.post(this);
  }
}
