/**
 * Lua tables with an array part and a node part, sized and ordered as ltable.c of the firmware does it, so that `#`
 * on tables with holes and the order of `next` are the chip's. Lookups do not walk hash chains: few nodes are
 * searched in line, many through a Map; the chains' only visible effect is where a key lands, and that is kept.
 */
import { mainPosition, move, previous } from './hash.ts';
import { Flt, type Value } from './value.ts';

const NO_VALUES: Value[] = [];
/** Node counts up to this are searched in line. */
const INLINE_NODES = 8;
const MAX_BITS = 26;
const counts = new Int32Array(MAX_BITS + 2);

/** Rounds up to the exponent of a power of two. */
const ceilLog2 = (n: number): number => (n <= 1 ? 0 : 32 - Math.clz32(n - 1));

/** Array slot a key could have, or 0. */
function arrayIndex(key: Value): number {
  if (typeof key !== 'number') return 0;
  return key > 0 && key <= 2 ** MAX_BITS && (key | 0) === key ? key : 0;
}

export class LuaTable {
  /** Values of the keys 1…length; as long as the array part is. */
  arr: Value[] = NO_VALUES;
  /** Key and value alternating, two cells a node. A key stays when its value becomes nil, as in C. */
  node: Value[] = NO_VALUES;
  /** Free nodes are looked for below this node number. */
  lastFree = 0;
  /** Cell of each key, when there are many and one was looked for. */
  index: Map<Value, number> | undefined = undefined;
  meta: LuaTable | undefined = undefined;
  /** Bit set = the metamethod of that number is known to be absent. Cleared by every new key. */
  flags = 0;
  /** A table in flash: writing raises an error. */
  rom = false;
  /** Its number in the state's address space, 0 until asked for. */
  id = 0;
  /** The 5.3 firmware rebuilds the node part as PUC does; the 5.1 one moves nodes in place. */
  readonly inPlace: boolean;
  mark = 0;

  constructor(inPlace: boolean, arraySize = 0, nodeCount = 0) {
    this.inPlace = inPlace;
    if (arraySize > 0) this.#resizeArray(arraySize);
    if (nodeCount > 0) this.#setNodes(nodeCount);
  }

  get(key: Value): Value {
    if (typeof key === 'string') return this.getStr(key);
    if (typeof key === 'number') {
      const at = key - 1;
      const arr = this.arr;
      if (at >= 0 && at < arr.length && (at | 0) === at) return arr[at];
      return this.node === NO_VALUES ? undefined : this.node[this.#find(key)];
    }
    if (key instanceof Flt) return this.get(key.n);
    if (key === undefined || this.node === NO_VALUES) return undefined;
    return this.node[this.#find(key)];
  }

  getStr(key: string): Value {
    const node = this.node;
    if (this.index !== undefined) {
      const at = this.index.get(key);
      return at === undefined ? undefined : node[at + 1];
    }
    if (node.length > 2 * INLINE_NODES) return node[this.#find(key)];
    for (let i = 0; i < node.length; i += 2) if (node[i] === key) return node[i + 1];
    return undefined;
  }

  #makeIndex(): void {
    const { node } = this;
    this.index = new Map();
    for (let at = 0; at < node.length; at += 2) if (node[at] !== undefined) this.index.set(node[at], at);
  }

  /** Cell of a string key, -1 when absent. */
  cellOf(key: string): number {
    const at = this.#find(key);
    return at < 0 ? -1 : at - 1;
  }

  /** Cell of the key's value, -1 when absent. */
  #find(key: Value): number {
    if (this.index !== undefined) {
      const at = this.index.get(key);
      return at === undefined ? -1 : at + 1;
    }
    const node = this.node;
    if (node.length > 2 * INLINE_NODES) {
      this.#makeIndex();
      return this.#find(key);
    }
    for (let i = 0; i < node.length; i += 2) if (node[i] === key) return i + 1;
    return -1;
  }

  /** Raw assignment. The key is neither nil nor NaN, the table not in flash. */
  set(key: Value, value: Value): void {
    if (typeof key === 'number') {
      const at = key - 1;
      const arr = this.arr;
      if (at >= 0 && at < arr.length && (at | 0) === at) {
        arr[at] = value;
        return;
      }
      if (key === 0) key = 0; // -0
    } else if (key instanceof Flt) {
      this.set(key.n, value);
      return;
    }
    const cell = this.node === NO_VALUES ? -1 : this.#find(key);
    this.flags = 0;
    if (cell >= 0) this.node[cell] = value;
    // C makes a node even for nil; only the order of later keys could tell.
    else this.#newKey(key, value);
  }

  /** A key that is in neither part. */
  #newKey(key: Value, value: Value): void {
    const node = this.node;
    const size = node.length >> 1;
    let main = size === 0 ? 0 : 2 * mainPosition(key, size, this.inPlace);
    if (size === 0 || node[main + 1] !== undefined) {
      const free = this.#freeNode();
      if (free < 0) {
        this.#rehash(key);
        this.set(key, value);
        return;
      }
      if (2 * mainPosition(node[main], size, this.inPlace) !== main) {
        // The colliding key sits outside its own main position: it moves to the free node.
        node[free] = node[main];
        node[free + 1] = node[main + 1];
        this.index?.set(node[free], free);
      } else {
        main = free;
      }
    } else if (this.index !== undefined && node[main] !== undefined) {
      this.index.delete(node[main]);
    }
    node[main] = key;
    node[main + 1] = value;
    this.index?.set(key, main);
  }

  #freeNode(): number {
    while (this.lastFree > 0) {
      this.lastFree--;
      const at = 2 * this.lastFree;
      if (this.node[at] === undefined) return at;
    }
    return -1;
  }

  #resizeArray(size: number): void {
    const arr = this.arr === NO_VALUES ? [] : this.arr;
    for (let i = arr.length; i < size; i++) arr.push(undefined);
    this.arr = arr;
  }

  #setNodes(count: number): void {
    if (count === 0) {
      this.node = NO_VALUES;
      this.lastFree = 0;
      this.index = undefined;
      return;
    }
    const size = 1 << ceilLog2(count);
    const node: Value[] = [];
    for (let i = 0; i < size; i++) node.push(undefined, undefined);
    this.node = node;
    this.lastFree = size;
    this.index = undefined;
  }

  /** Chooses the array size so that more than half of it is used, and makes room for one more key. */
  #rehash(extra: Value): void {
    counts.fill(0);
    const arr = this.arr;
    let arrayKeys = 0;
    for (let i = 0; i < arr.length; i++) {
      if (arr[i] === undefined) continue;
      counts[ceilLog2(i + 1)] = (counts[ceilLog2(i + 1)] as number) + 1;
      arrayKeys++;
    }
    let total = arrayKeys;
    const node = this.node;
    for (let i = 0; i <= node.length; i += 2) {
      const key = i < node.length ? (node[i + 1] === undefined ? undefined : node[i]) : extra;
      if (key === undefined) continue;
      total++;
      const index = arrayIndex(key);
      if (index === 0) continue;
      counts[ceilLog2(index)] = (counts[ceilLog2(index)] as number) + 1;
      arrayKeys++;
    }
    let below = 0;
    let moved = 0;
    let size = 0;
    for (let i = 0, power = 1; power > 0 && power / 2 < arrayKeys; i++, power *= 2) {
      below += counts[i] as number;
      if (counts[i] !== 0 && below > power / 2) {
        size = power;
        moved = below;
      }
      if (below === arrayKeys) break;
    }
    this.resize(size, total - moved);
  }

  /** Gives both parts new sizes and puts every key where it belongs (luaH_resize). */
  resize(arraySize: number, nodeCount: number): void {
    const old = this.node;
    if (arraySize > this.arr.length) this.#resizeArray(arraySize);
    if (this.inPlace) {
      if (old !== NO_VALUES || nodeCount > 0) this.#resizeInPlace(nodeCount);
      this.#shrinkArray(arraySize);
    } else {
      this.#setNodes(nodeCount);
      this.#shrinkArray(arraySize);
      for (let i = old.length - 2; i >= 0; i -= 2) if (old[i + 1] !== undefined) this.set(old[i], old[i + 1]);
    }
  }

  #shrinkArray(size: number): void {
    const arr = this.arr;
    if (size >= arr.length) return;
    const gone = arr.splice(size);
    for (let i = 0; i < gone.length; i++) if (gone[i] !== undefined) this.set(size + i + 1, gone[i]);
  }

  /** Only the size of the array part grows; used by constructors. */
  growArray(size: number): void {
    if (size > this.arr.length) this.resize(size, this.node.length >> 1);
  }

  /**
   * The firmware's 5.1 way (app/lua/ltable.c resize_hashpart): the vector grows, live keys are compacted from the
   * front, then each moves to its main position, swapping with what is in the way.
   */
  #resizeInPlace(count: number): void {
    const old = this.node;
    const oldSize = old.length >> 1;
    const size = 1 << ceilLog2(count);
    const node: Value[] = old === NO_VALUES ? [] : old;
    for (let i = oldSize; i < size; i++) node.push(undefined, undefined);
    this.node = node;
    this.lastFree = size;
    for (let i = 0; i < oldSize; i++) {
      const at = 2 * i;
      if (node[at + 1] === undefined || this.#toArray(node[at], node[at + 1])) {
        node[at] = undefined;
        node[at + 1] = undefined;
      } else if (i >= size) {
        const free = this.#freeNode();
        node[free] = node[at];
        node[free + 1] = node[at + 1];
      }
    }
    if (oldSize > size) {
      node.length = 2 * size;
      this.lastFree = size;
    }
    this.#settle(node, size);
    this.index = undefined;
  }

  #toArray(key: Value, value: Value): boolean {
    const index = arrayIndex(key);
    if (index === 0 || index > this.arr.length) return false;
    this.arr[index - 1] = value;
    return true;
  }

  /** Moves every node of the vector to its main position or into that position's chain. */
  #settle(node: Value[], size: number): void {
    const next = new Int32Array(size).fill(-1);
    const mains = new Int32Array(size).fill(-1);
    for (let i = 0; i < size; i++) if (node[2 * i + 1] !== undefined) mains[i] = mainPosition(node[2 * i], size, true);
    for (let i = 0; i < size; i++) {
      if (node[2 * i + 1] === undefined) continue;
      for (;;) {
        const main = mains[i] as number;
        if (main === i || previous(next, main, i) >= 0) break;
        if (node[2 * main + 1] === undefined) {
          move(node, mains, next, i, main);
          next[i] = -1;
          node[2 * i] = undefined;
          node[2 * i + 1] = undefined;
          mains[i] = -1;
          break;
        }
        if (mains[main] === main) {
          next[i] = next[main] as number;
          next[main] = i;
          break;
        }
        // Swap with the key in the way; it goes on moving unless it hung in its own chain.
        const before = previous(next, mains[main] as number, main);
        const key = node[2 * i];
        const value = node[2 * i + 1];
        const link = next[i] as number;
        if (before >= 0) next[before] = i;
        move(node, mains, next, main, i);
        node[2 * main] = key;
        node[2 * main + 1] = value;
        mains[main] = main;
        next[main] = link;
        if (before >= 0) break;
      }
    }
  }

  /** A border as luaH_getn finds it. */
  length(): number {
    const arr = this.arr;
    let high = arr.length;
    if (high > 0 && arr[high - 1] === undefined) {
      let low = 0;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (arr[middle - 1] === undefined) high = middle;
        else low = middle;
      }
      return low;
    }
    if (this.node === NO_VALUES || this.rom) return high;
    let low = high;
    high++;
    while (this.get(high) !== undefined) {
      low = high;
      high *= 2;
      if (high > 0x7fffffff) {
        let i = 1;
        while (this.get(i) !== undefined) i++;
        return i - 1;
      }
    }
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.get(middle) === undefined) high = middle;
      else low = middle;
    }
    return low;
  }

  /**
   * Position after a key in traversal order: positions 0…arr.length-1 are the array, then the nodes.
   * -1 when the key is not in the table.
   */
  positionOf(key: Value): number {
    if (key === undefined) return 0;
    if (key instanceof Flt) return this.positionOf(key.n);
    const index = arrayIndex(key);
    if (index > 0 && index <= this.arr.length) return index;
    const cell = this.#find(key);
    // For a key that a table in flash does not have there is just nothing more (rotable_next).
    if (cell < 0) return this.rom ? this.arr.length + (this.node.length >> 1) : -1;
    return this.arr.length + (cell >> 1) + 1;
  }

  /** First position from `position` on that holds a value, -1 at the end. */
  nextUsed(position: number): number {
    const arr = this.arr;
    const node = this.node;
    let i = position;
    for (; i < arr.length; i++) if (arr[i] !== undefined) return i;
    const end = arr.length + (node.length >> 1);
    for (; i < end; i++) if (node[2 * (i - arr.length) + 1] !== undefined) return i;
    return -1;
  }

  keyAt(position: number): Value {
    return position < this.arr.length ? position + 1 : this.node[2 * (position - this.arr.length)];
  }

  valueAt(position: number): Value {
    return position < this.arr.length ? this.arr[position] : this.node[2 * (position - this.arr.length) + 1];
  }

  /** Adds an entry in declaration order; for tables in flash, which have no hash order. */
  append(key: string, value: Value): void {
    if (this.node === NO_VALUES) this.node = [];
    this.index?.set(key, this.node.length);
    this.node.push(key, value);
  }

  /** Gets the node part of a likewise made table. */
  replaceNodes(node: Value[], lastFree: number): void {
    this.node = node;
    this.lastFree = lastFree;
    this.index = undefined;
  }
}
