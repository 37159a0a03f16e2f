/**
 * The file system in flash, with the observable rules of SPIFFS as the firmware configures it: flat names of at most
 * 31 bytes, four open files, a write cache per open file, space counted in pages. No wear, no garbage collection.
 */
import { concat, EMPTY } from '../core/index.ts';
import { type FileNode, FlashFile, type OpenMode } from './flash-file.ts';

const NAME_MAX = 31; // SPIFFS_OBJ_NAME_LEN - 1
const OPEN_MAX = 4; // user_config.h SPIFFS_MAX_OPEN_FILES
const PAGE = 256;
const PAGE_DATA = 251; // page without its header of 5 bytes
const BLOCK = 8192;
const HEADER_ENTRIES = 105; // page numbers that fit into an object's first index page
const INDEX_ENTRIES = 124; // ... and into each further one
const VOLUME = '/FLASH';

export interface FlashPartition {
  readonly address: number;
  readonly bytes: number;
}

export interface FlashUsage {
  readonly used: number;
  readonly total: number;
}

/** The firmware's mode strings; anything else opens read-only (spiffs.c fs_mode2flag). */
const MODES: Readonly<Record<string, OpenMode>> = {
  r: { read: true, write: false, append: false, create: false, truncate: false },
  'r+': { read: true, write: true, append: false, create: false, truncate: false },
  w: { read: false, write: true, append: false, create: true, truncate: true },
  'w+': { read: true, write: true, append: false, create: true, truncate: true },
  a: { read: false, write: true, append: true, create: true, truncate: false },
  'a+': { read: true, write: true, append: true, create: true, truncate: false },
};
const READ_ONLY = MODES.r as OpenMode;

/** Pages that a file of that size takes, index pages included. */
function pagesOf(size: number): number {
  const data = Math.ceil(size / PAGE_DATA);
  return data + 1 + Math.ceil(Math.max(0, data - HEADER_ENTRIES) / INDEX_ENTRIES);
}

export class FlashFs {
  readonly partition: FlashPartition;
  readonly #nodes = new Map<string, FileNode>();
  readonly #open = new Set<FlashFile>();
  #revision = 0;

  constructor(partition: FlashPartition) {
    this.partition = partition;
  }

  /** Counts the changes of what is committed. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether no further file can be open at the same time. */
  get allPlacesTaken(): boolean {
    return this.#open.size >= OPEN_MAX;
  }

  /** Opens a file; undefined when it is missing, its name is too long or four are open. */
  open(path: string, mode = 'r'): FlashFile | undefined {
    const name = this.#name(path);
    if (name === undefined || name.length > NAME_MAX || this.allPlacesTaken) return undefined;
    const how = MODES[mode] ?? READ_ONLY;
    let node = this.#nodes.get(name);
    if (node === undefined) {
      if (!how.create || !this.#fits(pagesOf(0))) return undefined;
      node = { name, data: EMPTY, removed: false };
      this.#nodes.set(name, node);
      this.#revision++;
    } else if (how.truncate) {
      node.data = EMPTY;
      this.#revision++;
    }
    const file = new FlashFile(node, how, {
      grow: (from, to) => this.#fits(pagesOf(to) - pagesOf(from)),
      committed: () => {
        this.#revision++;
      },
      closed: (f) => this.#open.delete(f),
    });
    this.#open.add(file);
    return file;
  }

  /** The whole committed content; undefined when missing. */
  read(path: string): Uint8Array | undefined {
    return this.#node(path)?.data;
  }

  /** Creates or replaces a file from outside the program. False when the name or the content does not fit. */
  put(path: string, data: Uint8Array): boolean {
    const name = this.#name(path);
    if (name === undefined || name.length > NAME_MAX) return false;
    const old = this.#nodes.get(name);
    if (!this.#fits(pagesOf(data.length) - (old === undefined ? 0 : pagesOf(old.data.length)))) return false;
    if (old === undefined) this.#nodes.set(name, { name, data: concat(data), removed: false });
    else old.data = concat(data);
    this.#revision++;
    return true;
  }

  /** Committed size in bytes; undefined when missing. */
  size(path: string): number | undefined {
    return this.#node(path)?.data.length;
  }

  remove(path: string): boolean {
    const node = this.#node(path);
    if (node === undefined) return false;
    node.removed = true;
    this.#revision++;
    return this.#nodes.delete(node.name);
  }

  rename(from: string, to: string): boolean {
    const node = this.#node(from);
    const name = this.#name(to);
    if (node === undefined || name === undefined || name.length > NAME_MAX || this.#nodes.has(name)) return false;
    this.#nodes.delete(node.name);
    node.name = name;
    this.#nodes.set(name, node);
    this.#revision++;
    // SPIFFS writes a new index page that knows nothing of what other handles still cache.
    for (const file of this.#open) if (file.node === node) file.dropCache();
    return true;
  }

  /** Names and committed sizes, oldest first. */
  list(): readonly { readonly name: string; readonly size: number }[] {
    return [...this.#nodes.values()].map((node) => ({ name: node.name, size: node.data.length }));
  }

  get usage(): FlashUsage {
    const pagesPerBlock = BLOCK / PAGE;
    const blocks = Math.floor(this.partition.bytes / BLOCK);
    // spiffs_nucleus: one look-up page per block, two blocks kept free for the garbage collector.
    const total = ((blocks - 2) * (pagesPerBlock - 1) + 1) * PAGE_DATA;
    let used = 0;
    for (const node of this.#nodes.values()) used += pagesOf(node.data.length);
    return { used: used * PAGE_DATA, total };
  }

  /** Dots that the firmware prints while it formats: one per 64 KiB. */
  get formatSteps(): number {
    return Math.ceil(this.partition.bytes / 0x10000);
  }

  /** Erases everything; open files lose theirs. */
  format(): void {
    for (const node of this.#nodes.values()) node.removed = true;
    this.#nodes.clear();
    this.#revision++;
  }

  /** Reset: open files vanish with what they had not written yet. */
  dropHandles(): void {
    for (const file of [...this.#open]) file.abandon();
    this.#open.clear();
  }

  /** A copy of all committed files, to keep or to give to another device. */
  export(): Map<string, Uint8Array> {
    return new Map([...this.#nodes].map(([name, node]) => [name, concat(node.data)]));
  }

  /** Replaces everything. False when something did not fit; what fits is there then. */
  import(files: ReadonlyMap<string, Uint8Array>): boolean {
    this.format();
    return [...files].map(([name, data]) => this.put(name, data)).every(Boolean);
  }

  #node(path: string): FileNode | undefined {
    const name = this.#name(path);
    return name === undefined ? undefined : this.#nodes.get(name);
  }

  /** Strips the volume; undefined for another volume (any other leading slash). */
  #name(path: string): string | undefined {
    if (!path.startsWith('/')) return path;
    if (!path.startsWith(VOLUME)) return undefined;
    return path.slice(VOLUME.length).replace(/^\//, '');
  }

  #fits(pages: number): boolean {
    const { used, total } = this.usage;
    return used + pages * PAGE_DATA <= total;
  }
}
