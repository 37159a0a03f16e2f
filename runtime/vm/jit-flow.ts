/**
 * What a function's instructions do to its registers and where they lead: basic blocks in reverse postorder from one
 * entry, their dominators, and the registers alive at each instruction. Registers that an inner function captures
 * live in the stack alone and are left out everywhere.
 */
import { argA, argB, argC, argSBx, OP, opcode } from './opcodes.ts';
import type { Proto } from './proto.ts';

export interface Edge {
  /** First instruction of the block it leads to. */
  readonly target: number;
  /** Register that the instruction at the end writes only on this way, -1 = none. */
  readonly sets: number;
}

export interface Block {
  readonly start: number;
  /** Behind its last instruction. */
  readonly end: number;
  readonly edges: readonly Edge[];
  /** Place in reverse postorder. */
  order: number;
  /** Blocks that lead here. */
  readonly from: Block[];
  /** Immediate dominator; the entry's is itself. */
  dominator: Block;
  /** Registers alive at its start. */
  live: Uint8Array;
}

const edge = (target: number, sets = -1): Edge => ({ target, sets });

/** Where an instruction leads; undefined when simply to the next. */
function exits(p: Proto, pc: number): Edge[] | undefined {
  const i = p.code[pc] as number;
  const next = pc + 1;
  switch (opcode(i)) {
    case OP.JMP:
    case OP.FORPREP:
      return [edge(next + argSBx(i))];
    case OP.LOADBOOL:
      return argC(i) !== 0 ? [edge(next + 1)] : undefined;
    case OP.EQ:
    case OP.LT:
    case OP.LE:
    case OP.TEST:
      return [edge(next), edge(next + 1)];
    case OP.TESTSET:
      return [edge(next, argA(i)), edge(next + 1)];
    case OP.FORLOOP:
      return [edge(next + argSBx(i), argA(i) + 3), edge(next)];
    case OP.TFORLOOP:
      return [edge(next + argSBx(i), argA(i)), edge(next)];
    case OP.RETURN:
      return [];
    default:
      return undefined;
  }
}

/** Instructions an instruction takes up, itself and its extra argument. */
const width = (i: number): number => (opcode(i) === OP.LOADKX || (opcode(i) === OP.SETLIST && argC(i) === 0) ? 2 : 1);

/** First register of the results that the instruction before left open; -1 when there are none. */
export function openFrom(p: Proto, pc: number): number {
  const i = p.code[pc - 1] ?? 0;
  const op = opcode(i);
  const opens = (op === OP.CALL && argC(i) === 0) || op === OP.TAILCALL || (op === OP.VARARG && argB(i) === 0);
  return pc > 0 && opens ? argA(i) : -1;
}

/** Takes the results that the instruction before left open. */
const takesOpen = (i: number): boolean =>
  argB(i) === 0 && [OP.CALL, OP.TAILCALL, OP.RETURN, OP.SETLIST].some((op) => op === opcode(i));

/** The blocks reachable from `entry` in reverse postorder, or undefined when no structured program can follow them. */
export function flow(p: Proto, entry: number): Block[] | undefined {
  const starts = new Set([entry]);
  const work = [entry];
  const seen = new Set<number>();
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    for (let pc: number = at; !seen.has(pc); pc += width(p.code[pc] as number)) {
      seen.add(pc);
      const out = exits(p, pc);
      if (out === undefined) continue;
      for (const { target } of out) {
        starts.add(target);
        work.push(target);
      }
      break;
    }
  }
  const blocks = new Map<number, Block>();
  for (const start of starts) {
    // Open results are followed within a block only.
    if (takesOpen(p.code[start] as number)) return undefined;
    let pc = start;
    let edges: Edge[] | undefined;
    do {
      edges = exits(p, pc);
      pc += width(p.code[pc] as number);
    } while (edges === undefined && !starts.has(pc));
    const block: Block = {
      start,
      end: pc,
      edges: edges ?? [edge(pc)],
      order: -1,
      from: [],
      dominator: undefined as unknown as Block,
      live: new Uint8Array(p.frameSize),
    };
    blocks.set(start, block);
  }
  const list = reversePostorder(blocks, entry);
  for (const block of list) for (const { target } of block.edges) (blocks.get(target) as Block).from.push(block);
  dominate(list);
  const reducible = list.every((b) => b.from.every((f) => f.order < b.order || dominates(b, f)));
  return reducible ? list : undefined;
}

function reversePostorder(blocks: ReadonlyMap<number, Block>, entry: number): Block[] {
  const list: Block[] = [];
  const seen = new Set<number>();
  // A path of blocks, each with the number of its edges followed.
  const path: { block: Block; next: number }[] = [];
  const enter = (start: number): void => {
    if (seen.has(start)) return;
    seen.add(start);
    path.push({ block: blocks.get(start) as Block, next: 0 });
  };
  enter(entry);
  for (let top = path[path.length - 1]; top !== undefined; top = path[path.length - 1]) {
    const out = top.block.edges[top.next++];
    if (out !== undefined) enter(out.target);
    else {
      list.unshift(top.block);
      path.pop();
    }
  }
  list.forEach((block, order) => {
    block.order = order;
  });
  return list;
}

/** Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm. */
function dominate(list: readonly Block[]): void {
  const entry = list[0] as Block;
  entry.dominator = entry;
  const meet = (x: Block, y: Block): Block => {
    let [a, b] = [x, y];
    while (a !== b) {
      while (a.order > b.order) a = a.dominator;
      while (b.order > a.order) b = b.dominator;
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of list) {
      if (block === entry) continue;
      const known = block.from.filter((f) => f.dominator !== undefined);
      const dominator = known.reduce(meet);
      if (dominator === block.dominator) continue;
      block.dominator = dominator;
      changed = true;
    }
  }
}

export function dominates(a: Block, b: Block): boolean {
  let at = b;
  while (at.order > a.order) at = at.dominator;
  return at === a;
}

/** Registers below `end` from `first` on. */
type Span = readonly [first: number, end: number];

/** Registers that an instruction reads. */
export function reads(p: Proto, pc: number): Span[] {
  const i = p.code[pc] as number;
  const a = argA(i);
  const b = argB(i);
  const c = argC(i);
  const one = (r: number): Span => [r, r + 1];
  const rk = (x: number): Span[] => (x & 0x100 ? [] : [one(x)]);
  const upTo = (first: number, count: number): Span[] => [[first, count < 0 ? openFrom(p, pc) : first + count]];
  switch (opcode(i)) {
    case OP.MOVE:
    case OP.UNM:
    case OP.BNOT:
    case OP.NOT:
    case OP.LEN:
    case OP.TESTSET:
      return [one(b)];
    case OP.GETTABUP:
    case OP.GETGLOBAL:
      return rk(c);
    case OP.GETTABLE:
    case OP.SELF:
      return [one(b), ...rk(c)];
    case OP.SETTABUP:
    case OP.SETGLOBAL:
    case OP.EQ:
    case OP.LT:
    case OP.LE:
      return [...rk(b), ...rk(c)];
    case OP.SETUPVAL:
    case OP.TEST:
      return [one(a)];
    case OP.SETTABLE:
      return [one(a), ...rk(b), ...rk(c)];
    case OP.CONCAT:
      return [[b, c + 1]];
    case OP.CALL:
    case OP.TAILCALL:
      return b === 0 ? upTo(a, -1) : upTo(a, b);
    case OP.RETURN:
      return b === 0 ? upTo(a, -1) : upTo(a, b - 1);
    case OP.SETLIST:
      return b === 0 ? upTo(a, -1) : upTo(a, b + 1);
    case OP.FORLOOP:
    case OP.FORPREP:
    case OP.TFORCALL:
      return [[a, a + 3]];
    case OP.TFORLOOP:
      return [one(a + 1)];
    default:
      return opcode(i) >= OP.ADD && opcode(i) <= OP.SHR ? [...rk(b), ...rk(c)] : [];
  }
}

/** Registers that have new values, or none that count, behind an instruction on every way. */
export function writes(p: Proto, pc: number): Span {
  const i = p.code[pc] as number;
  const a = argA(i);
  switch (opcode(i)) {
    case OP.LOADNIL:
      return [a, a + argB(i) + 1];
    case OP.SELF:
      return [a, a + 2];
    case OP.CALL:
    case OP.TAILCALL:
      return [a, p.frameSize];
    case OP.TFORCALL:
      return [a + 3, p.frameSize];
    case OP.VARARG:
      return [a, argB(i) === 0 ? p.frameSize : a + argB(i) - 1];
    case OP.FORPREP:
      return [a, a + 3];
    case OP.SETTABUP:
    case OP.SETGLOBAL:
    case OP.SETUPVAL:
    case OP.SETTABLE:
    case OP.JMP:
    case OP.EQ:
    case OP.LT:
    case OP.LE:
    case OP.TEST:
    case OP.TESTSET:
    case OP.RETURN:
    case OP.FORLOOP:
    case OP.TFORLOOP:
    case OP.SETLIST:
      return [0, 0];
    default:
      return [a, a + 1];
  }
}

/** Registers that inner functions capture. */
export function captured(p: Proto): Uint8Array {
  const set = new Uint8Array(p.frameSize);
  for (const child of p.protos) for (const u of child.upvals) if (u.inStack) set[u.index] = 1;
  return set;
}

/** Registers alive before the instruction, from those alive behind it. Named variables are, for debug.getlocal of 5.3. */
export function liveBefore(p: Proto, pc: number, after: Uint8Array): Uint8Array {
  const live = after.slice();
  live.fill(0, ...writes(p, pc));
  for (const span of reads(p, pc)) live.fill(1, ...span);
  if (!p.is51) {
    let register = 0;
    for (const local of p.locals) {
      if (local.startPc > pc) break;
      if (pc < local.endPc) live[register++] = 1;
    }
  }
  return live;
}

/** Registers alive behind the last instruction of a block. */
export function liveAtEnd(block: Block, byStart: ReadonlyMap<number, Block>): Uint8Array {
  const live = new Uint8Array(block.live.length);
  for (const { target, sets } of block.edges) {
    (byStart.get(target) as Block).live.forEach((v, r) => {
      if (v === 1 && r !== sets) live[r] = 1;
    });
  }
  return live;
}

/** Finds what is alive at the start of each block. */
export function findLive(p: Proto, list: readonly Block[], byStart: ReadonlyMap<number, Block>): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = list.length - 1; n >= 0; n--) {
      const block = list[n] as Block;
      let live = liveAtEnd(block, byStart);
      for (const pc of instructions(p, block).reverse()) live = liveBefore(p, pc, live);
      if (live.every((v, r) => v === block.live[r])) continue;
      block.live = live;
      changed = true;
    }
  }
}

/** The places of a block's instructions, without extra arguments. */
export function instructions(p: Proto, block: Block): number[] {
  const list: number[] = [];
  for (let pc = block.start; pc < block.end; pc += width(p.code[pc] as number)) list.push(pc);
  return list;
}
