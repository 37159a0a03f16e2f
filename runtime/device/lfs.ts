/**
 * The Lua Flash Store: a partition of compiled modules that run from flash. Its image is a container of ours, as precompiled
 * chunks are; what may be wrong with one is told in the firmware's sentences (app/lua/lflash.c).
 */
import { err, fromLatin1, ok, type Result, toLatin1 } from '../core/index.ts';
import { LuaAbort, type LuaBuild, type LuaHandle, type LuaHost } from '../vm/index.ts';
import type { Profile } from './profile.ts';

export interface LfsModule {
  readonly name: string;
  /** A precompiled chunk. */
  readonly code: Uint8Array;
}

export interface LfsImage {
  readonly lua: LuaBuild;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly modules: readonly LfsModule[];
}

export type LfsError =
  | 'read error on LFS image file'
  | 'Incorrect LFS header version'
  | 'Incorrect LFS build type'
  | 'checksum error on LFS image file'
  | 'LFS Image too big for configured LFS region';

/** Magic, version, language build, timestamp and checksum of what follows: name and code of each module with their lengths. */
const MAGIC = 'mcuboxLFS';
const FORMAT = 1;
const BUILD_BYTE = { '5.1': 51, '5.3': 53, '5.3-64': 64 } as const satisfies Record<LuaBuild, number>;
/** A usual size. */
export const DEFAULT_LFS_BYTES = 0x20000;
const HEADER_BYTES = MAGIC.length + 2 + 4 + 4;

export function emitLfs({ lua, timestamp, modules }: LfsImage): Uint8Array {
  const body = modules.flatMap(({ name, code }) => [u32(name.length), fromLatin1(name), u32(code.length), code]);
  const head = [fromLatin1(MAGIC), Uint8Array.of(FORMAT, BUILD_BYTE[lua]), u32(timestamp)];
  const payload = joined(body);
  return joined([...head, u32(checksum(payload)), payload]);
}

/** `lua` is the build of the device. */
export function parseLfs(bytes: Uint8Array, lua: LuaBuild): Result<LfsImage, LfsError> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < HEADER_BYTES) return err('read error on LFS image file');
  const at = MAGIC.length;
  if (toLatin1(bytes.subarray(0, at)) !== MAGIC || bytes[at] !== FORMAT) return err('Incorrect LFS header version');
  if (bytes[at + 1] !== BUILD_BYTE[lua]) return err('Incorrect LFS build type');
  const payload = bytes.subarray(HEADER_BYTES);
  if (view.getUint32(at + 6) !== checksum(payload)) return err('checksum error on LFS image file');
  const modules: LfsModule[] = [];
  for (let next = HEADER_BYTES; next < bytes.length; ) {
    const fields: Uint8Array[] = [];
    for (let i = 0; i < 2; i++) {
      if (next + 4 > bytes.length) return err('read error on LFS image file');
      const length = view.getUint32(next);
      fields.push(bytes.slice(next + 4, next + 4 + length));
      next += 4 + length;
    }
    const [name, code] = fields as [Uint8Array, Uint8Array];
    modules.push({ name: toLatin1(name), code });
  }
  return ok({ lua, timestamp: view.getUint32(at + 2), modules });
}

/**
 * Compiles Lua files, named as modules, for the version of a Lua state, which is to do nothing else: it works as a
 * computer's cross-compiler, without a watchdog. The error is the compiler's.
 */
export function buildLfs(
  lua: LuaHost,
  sources: readonly { readonly name: string; readonly source: string }[],
  timestamp: number,
): Result<Uint8Array, string> {
  const dump = (lua.getGlobal('string') as LuaHandle).get('dump') as LuaHandle;
  const modules: LfsModule[] = [];
  lua.budget = Number.MAX_SAFE_INTEGER;
  for (const { name, source } of sources) {
    const loaded = lua.load(source.replace(/^#[^\n]*/, ''), `@${name}.lua`, 'flash');
    if (!loaded.ok) return err(loaded.message);
    try {
      modules.push({ name, code: fromLatin1(String(lua.call(dump, [loaded.chunk, false], 1)[0])) });
    } catch (error) {
      if (error instanceof LuaAbort) return err(`${name}.lua: ${error.message}`);
      throw error;
    }
    loaded.chunk.release();
  }
  return ok(emitLfs({ lua: lua.version, timestamp, modules }));
}

/** The partition of a device, which keeps its image over resets. Without bytes there is none. */
export class LfsRegion {
  readonly #end: number;
  readonly #lua: LuaBuild;
  #bytes: number;
  #image: Uint8Array | undefined;

  /** Ends before the address `end`. */
  constructor(bytes: number, end: number, lua: LuaBuild) {
    this.#bytes = bytes;
    this.#end = end;
    this.#lua = lua;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** 0 where there is no partition. */
  get address(): number {
    return this.#bytes === 0 ? 0 : this.#end - this.#bytes;
  }

  /** What was last written; undefined for an erased partition. */
  get image(): Uint8Array | undefined {
    return this.#image;
  }

  /** The modules of the image. */
  get content(): LfsImage | undefined {
    const parsed = this.#image === undefined ? undefined : parseLfs(this.#image, this.#lua);
    return parsed?.ok ? parsed.value : undefined;
  }

  /** Writes an image if it is a good one; undefined erases. */
  write(image: Uint8Array | undefined): Result<undefined, LfsError> {
    if (image !== undefined) {
      const parsed = parseLfs(image, this.#lua);
      if (!parsed.ok) return parsed;
      if (image.length > this.bytes) return err('LFS Image too big for configured LFS region');
    }
    this.#image = image;
    return ok(undefined);
  }

  /** As the flash of an earlier run has it, with a partition if there is none. */
  restore(image: Uint8Array): void {
    if (this.#bytes === 0) this.#bytes = DEFAULT_LFS_BYTES;
    this.#image = image;
  }
}

/** The partition of a build: below the file system. */
export const lfsRegion = ({ lfsBytes, spiffsAddress, lua }: Profile): LfsRegion =>
  new LfsRegion(lfsBytes, spiffsAddress, lua);

const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** FNV-1a, 32 bits. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
