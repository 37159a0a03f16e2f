import { LuaAbort, type LuaCall, type LuaHandle, multi } from '../../runtime/vm/index.ts';
import { defineModule, fn, type LuaResult, raw } from './lua.ts';

/** Words of the book-keeping. */
const MAGIC = 10;
const ALIGNMENT = 11;
const TO_TAKE = 13;
const PER_BOOT = 14;
const LOCATION = 15;
const COUNT = 16;
const TAIL = 17;
const HEAD = 18;
const TAIL_TIME = 19;
const HEAD_TIME = 20;

const PREPARED = 0x44695553;
const DEFAULT_FIRST = 32;
const DEFAULT_LAST = 128;
const DEFAULT_TAGS = 5;
/** A sample's time is so many seconds after the one before at most. */
const DELTA_MAX = 0x1ff;

/** An entry: value in bits 0 to 15, time since the entry before in 16 to 24, decimals in 25 to 27, name in 28 to 31. */
const deltaOf = (entry: number): number => (entry >>> 16) & DELTA_MAX;

/** The names are the first words of the store, up to four bytes each, little-endian. */
const nameWord = (name: string): number =>
  [0, 1, 2, 3].reduce((word, i) => word | ((name.charCodeAt(i) || 0) << (8 * i)), 0);
const wordName = (word: number): string => {
  const text = String.fromCharCode(...[0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff));
  const end = text.indexOf('\0');
  return word >>> 24 === 0 && end >= 0 ? text.slice(0, end) : text;
};

class Fifo {
  readonly #memory: Int32Array;

  constructor(memory: Int32Array) {
    this.#memory = memory;
  }

  get prepared(): boolean {
    return this.read(MAGIC) === PREPARED;
  }

  /** Beyond the memory there is nothing. */
  read(at: number): number {
    return (this.#memory[at] ?? 0) >>> 0;
  }

  write(at: number, value: number): void {
    if (at < this.#memory.length) this.#memory[at] = value;
  }

  prepare(intervalUs: number, tags: number): void {
    this.write(PER_BOOT, 0);
    this.write(ALIGNMENT, intervalUs);
    this.write(TO_TAKE, 0);
    this.place(DEFAULT_FIRST, DEFAULT_LAST, tags === 0 ? DEFAULT_TAGS : tags);
    this.clear();
    this.write(MAGIC, PREPARED);
  }

  place(first: number, last: number, tags: number): void {
    this.write(LOCATION, first + (last << 8) + (tags << 16));
  }

  clear(): void {
    this.write(TAIL, this.#first);
    this.write(HEAD, this.#first);
    for (const at of [COUNT, TAIL_TIME, HEAD_TIME]) this.write(at, 0);
    for (let i = 0; i < this.#tags; i++) this.write(this.#tagsAt + i, 0);
  }

  put(time: number, value: number, decimals: number, name: string): void {
    let tag = this.#tagIndex(nameWord(name));
    if (this.read(COUNT) === 0) {
      this.write(HEAD_TIME, time);
      this.write(TAIL_TIME, time);
    }
    const delta = (time - this.read(TAIL_TIME)) >>> 0;
    if (tag === undefined || delta > DELTA_MAX) {
      // What does not fit into the scheme starts it over.
      this.clear();
      this.write(HEAD_TIME, time);
      this.write(TAIL_TIME, time);
      tag = this.#tagIndex(nameWord(name));
      if (tag === undefined) return;
    }
    if (this.read(HEAD) === this.read(TAIL) && this.read(COUNT) > 0) this.drop(1);
    // The firmware's -1 for a time too far away fills the whole field.
    const seconds = delta > DELTA_MAX ? DELTA_MAX : delta;
    const tail = this.read(TAIL);
    this.write(tail, (value & 0xffff) | (seconds << 16) | ((decimals & 7) << 25) | ((tag & 0xf) << 28));
    this.write(TAIL, this.#next(tail));
    this.write(TAIL_TIME, time);
    this.write(COUNT, this.read(COUNT) + 1);
  }

  /** Time, value, decimals and name of the sample that many places behind the oldest. */
  peek(offset: number): [number, number, number, string] | undefined {
    if (this.read(COUNT) <= offset) return undefined;
    let at = this.read(HEAD);
    let time = this.read(HEAD_TIME) + deltaOf(this.read(at));
    for (let i = 0; i < offset; i++) {
      at = this.#next(at);
      time += deltaOf(this.read(at));
    }
    const entry = this.read(at);
    return [time | 0, entry & 0xffff, (entry >>> 25) & 7, wordName(this.read(this.#tagsAt + (entry >>> 28)))];
  }

  drop(count: number): void {
    const left = Math.min(count, this.read(COUNT));
    for (let i = 0; i < left; i++) {
      const head = this.read(HEAD);
      this.write(HEAD_TIME, this.read(HEAD_TIME) + deltaOf(this.read(head)));
      this.write(HEAD, this.#next(head));
      this.write(COUNT, this.read(COUNT) - 1);
    }
  }

  get #tagsAt(): number {
    return this.read(LOCATION) & 0xff;
  }

  get #tags(): number {
    return (this.read(LOCATION) >>> 16) & 0xff;
  }

  get #first(): number {
    return this.#tagsAt + this.#tags;
  }

  #next(at: number): number {
    return at + 1 >= ((this.read(LOCATION) >>> 8) & 0xff) ? this.#first : at + 1;
  }

  /** A place for a name: where it is, or the first free one; undefined when all are taken. */
  #tagIndex(word: number): number | undefined {
    for (let i = 0; i < this.#tags; i++) {
      const known = this.read(this.#tagsAt + i);
      if (known === word >>> 0) return i;
      if (known !== 0) continue;
      this.write(this.#tagsAt + i, word);
      return i;
    }
    return undefined;
  }
}

export const rtcfifo = defineModule({ name: 'rtcfifo' }, (device) => {
  const fifo = new Fifo(device.rtc.memory);

  const prepare = (call: LuaCall): undefined => {
    const isTable = call.type(1) === 'table';
    if (!isTable && call.type(1) !== 'none') call.error('expected table as arg #1');
    const table = isTable ? (call.handle(1) as LuaHandle) : undefined;
    const field = (name: string, fallback: number): number => {
      const value = Number(table?.get(name) ?? Number.NaN);
      return Number.isNaN(value) ? fallback : Math.trunc(value) | 0;
    };
    const tags = field('sensor_count', DEFAULT_TAGS);
    fifo.prepare(field('interval_us', 0), tags);
    const [first, last] = [field('storage_begin', -1), field('storage_end', -1)];
    if (first !== -1 && last !== -1) fifo.place(first, last, tags);
  };

  /** Everything but prepare and ready needs a store. */
  const checked = (body: (call: LuaCall) => LuaResult) =>
    raw((call) => {
      if (!fifo.prepared) call.error('rtcfifo not prepared!');
      return body(call);
    });

  const put = (call: LuaCall): undefined => {
    const time = call.checkInteger(1);
    const value = call.checkInteger(2);
    fifo.put(time, value, call.checkInteger(3), call.checkText(4));
  };

  const sample = (offset: number): LuaResult => {
    const found = fifo.peek(offset);
    return found === undefined ? undefined : multi(...found);
  };

  const pop = (): LuaResult => {
    const found = sample(0);
    fifo.drop(1);
    return found;
  };

  const sleepUntilSample = (call: LuaCall): never => {
    const least = call.checkInteger(1) >>> 0;
    const align = fifo.read(ALIGNMENT);
    const now = device.rtc.unixTime ?? 0;
    device.deepSleep(align === 0 ? least : Math.ceil((now + least) / align) * align - now, 0);
    throw new LuaAbort('halt', 'rtcfifo.dsleep_until_sample');
  };

  return {
    functions: {
      prepare: raw(prepare),
      ready: fn([], () => (fifo.prepared ? 1 : 0)),
      put: checked(put),
      pop: checked(pop),
      peek: checked((call) => sample(call.isNumber(1) ? call.toInteger(1) >>> 0 : 0)),
      drop: checked((call) => fifo.drop(call.checkInteger(1) >>> 0)),
      count: checked(() => fifo.read(COUNT)),
      dsleep_until_sample: checked(sleepUntilSample),
    },
  };
});
