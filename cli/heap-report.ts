/** `--heap N` and `--heap-profile`: how much memory a device has, and at the end of a run who holds it. */
import type { Device, LuaModule } from '../runtime/index.ts';
import type { Io } from './io.ts';
import type { Parsed } from './values.ts';

const SHOWN = 10;
/** More than the chip has in all. */
const MOST = 96 * 1024;

/** `20000` or `20K`: bytes that are free after boot. */
export function heapSize(text: string): Parsed<number> {
  const match = /^(\d+)([kK]?)$/.exec(text);
  const bytes = match === null ? Number.NaN : Number(match[1]) * (match[2] === '' ? 1 : 1024);
  if (bytes >= 1024 && bytes <= MOST) return { ok: true, value: bytes };
  return { ok: false, message: `'${text}' is no free heap; write bytes from 1024 to ${MOST}, such as 20000 or 20K` };
}

/** The modules, the first of which has the heap watched from the start of each boot on. */
export function profiled([first, ...others]: readonly LuaModule[]): readonly LuaModule[] {
  if (first === undefined) return [];
  const open = (device: Device): void => {
    device.lua.heapHoldings();
    first.open?.(device);
  };
  return [{ ...first, open }, ...others];
}

/** The ten biggest holders as one block of lines. */
export class HeapReport {
  readonly #device: Device;
  readonly #io: Io;

  /** Of a device whose modules are {@link profiled}. */
  constructor(device: Device, io: Io) {
    this.#device = device;
    this.#io = io;
  }

  close(): void {
    if (this.#device.off) return;
    const holdings = this.#device.lua.heapHoldings();
    const all = holdings.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#io.err(`heap: ${this.#device.freeHeap} bytes free, ${all} held; the biggest holders:`);
    for (const { holder, bytes } of holdings.slice(0, SHOWN)) this.#io.err(`${String(bytes).padStart(7)}  ${holder}`);
  }
}
