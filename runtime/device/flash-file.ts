/** One open file: position, write cache and what SPIFFS answers. Every operation on a removed file fails. */
import { concat, EMPTY } from '../core/index.ts';

const CACHE = 256; // SPIFFS caches writes shorter than a page

/** A file in flash. */
export interface FileNode {
  name: string;
  /** Committed content. */
  data: Uint8Array;
  removed: boolean;
}

export interface OpenMode {
  readonly read: boolean;
  readonly write: boolean;
  readonly append: boolean;
  readonly create: boolean;
  readonly truncate: boolean;
}

export interface FlashFileEnv {
  /** Whether a file may grow from one size to another. */
  grow(from: number, to: number): boolean;
  /** Content has changed for good. */
  committed(): void;
  closed(file: FlashFile): void;
}

export class FlashFile {
  readonly node: FileNode;
  readonly #mode: OpenMode;
  readonly #env: FlashFileEnv;
  #position = 0;
  #cache = EMPTY;
  #cacheAt = 0;
  #open = true;

  constructor(node: FileNode, mode: OpenMode, env: FlashFileEnv) {
    this.node = node;
    this.#mode = mode;
    this.#env = env;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Up to `length` bytes; undefined at the end of the file and on failure. */
  read(length: number): Uint8Array | undefined {
    if (!this.#usable || !this.#mode.read || !this.#commit()) return undefined;
    const data = this.node.data;
    if (this.#position >= data.length) return undefined;
    const out = data.slice(this.#position, this.#position + length);
    this.#position += out.length;
    return out;
  }

  /** All or nothing; false when read-only, full, closed or removed. */
  write(bytes: Uint8Array): boolean {
    if (!this.#usable || !this.#mode.write) return false;
    const size = Math.max(this.node.data.length, this.#cacheAt + this.#cache.length);
    const at = this.#mode.append ? size : Math.min(this.#position, size);
    const contiguous = this.#cache.length > 0 && at === this.#cacheAt + this.#cache.length;
    if (this.#cache.length > 0 && (!contiguous || this.#cache.length + bytes.length > CACHE) && !this.#commit()) {
      return false;
    }
    if (bytes.length >= CACHE) {
      if (!this.#put(at, bytes)) return false;
    } else {
      if (!this.#env.grow(this.node.data.length, Math.max(this.node.data.length, at + bytes.length))) return false;
      if (this.#cache.length === 0) this.#cacheAt = at;
      this.#cache = concat(this.#cache, bytes);
    }
    this.#position = at + bytes.length;
    return true;
  }

  /** Moves to an absolute position. False before the start (nothing moves) and past the end (moves to the end). */
  seek(whence: 'set' | 'cur' | 'end', offset: number): boolean {
    if (!this.#usable || !this.#commit()) return false;
    const size = this.node.data.length;
    const to = offset + (whence === 'set' ? 0 : whence === 'cur' ? this.#position : size);
    if (to < 0) return false;
    this.#position = Math.min(to, size);
    return to <= size;
  }

  get position(): number {
    return this.#position;
  }

  flush(): boolean {
    return this.#usable && this.#commit();
  }

  close(): void {
    if (!this.#open) return;
    this.flush();
    this.abandon();
    this.#env.closed(this);
  }

  /** Closes without writing what is cached. */
  abandon(): void {
    this.#open = false;
    this.#cache = EMPTY;
  }

  /** Forgets unwritten bytes. */
  dropCache(): void {
    this.#cache = EMPTY;
    this.#cacheAt = 0;
  }

  get #usable(): boolean {
    return this.#open && !this.node.removed;
  }

  #commit(): boolean {
    if (this.#cache.length === 0) return true;
    const bytes = this.#cache;
    this.#cache = EMPTY;
    return this.#put(this.#cacheAt, bytes);
  }

  #put(at: number, bytes: Uint8Array): boolean {
    const old = this.node.data;
    const end = Math.max(old.length, at + bytes.length);
    if (end > old.length && !this.#env.grow(old.length, end)) return false;
    const data = new Uint8Array(end);
    data.set(old);
    data.set(bytes, at);
    this.node.data = data;
    this.#env.committed();
    return true;
  }
}
