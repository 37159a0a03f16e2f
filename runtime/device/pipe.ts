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

export class Pipe {
  readonly #pieces: Uint8Array[] = [];
  readonly #reader: PipeReader | undefined;
  /** A task is posted, or a write came while the reader ran. */
  #updated = false;

  constructor(reader?: PipeReader) {
    this.#reader = reader;
  }

  /** Number of pieces (`nrec`). */
  get pieces(): number {
    return this.#pieces.length;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    let rest = bytes;
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.length < PIECE) {
      const room = PIECE - last.length;
      this.#pieces[this.#pieces.length - 1] = concat(last, rest.subarray(0, room));
      rest = rest.subarray(room);
    }
    for (; rest.length > 0; rest = rest.subarray(PIECE)) this.#pieces.push(rest.slice(0, PIECE));
    if (this.#reader === undefined || this.#updated) return;
    // pipe.c posts whenever no post is outstanding, also from inside the reader.
    this.#updated = true;
    this.#reader.post(this);
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    let rest = bytes;
    const first = this.#pieces[0];
    if (first !== undefined && first.length < PIECE) {
      const room = Math.min(PIECE - first.length, rest.length);
      this.#pieces[0] = concat(rest.subarray(rest.length - room), first);
      rest = rest.subarray(0, rest.length - room);
    }
    for (; rest.length > 0; rest = rest.subarray(0, Math.max(0, rest.length - PIECE))) {
      this.#pieces.unshift(rest.slice(Math.max(0, rest.length - PIECE)));
    }
  }

  /** Undefined when the pipe is empty; otherwise what is there up to the limit. */
  read(limit: PipeLimit): Uint8Array | undefined {
    const parts: Uint8Array[] = [];
    let wanted = limit.kind === 'count' ? limit.bytes : Number.POSITIVE_INFINITY;
    while (wanted > 0) {
      const piece = this.#pieces[0];
      if (piece === undefined) break;
      let used = Math.min(wanted, piece.length);
      let kept = used;
      if (limit.kind === 'until') {
        const at = piece.indexOf(limit.delimiter);
        if (at >= 0) {
          used = at + 1;
          kept = limit.keep ? used : at;
          wanted = used;
        }
      }
      parts.push(piece.subarray(0, kept));
      wanted -= used;
      if (used === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(used);
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
