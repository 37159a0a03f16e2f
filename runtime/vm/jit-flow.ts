/**
 * Where a function's code leads: basic blocks in reverse postorder from one entry, their dominators, and the registers
 * alive at each instruction. Registers that an inner function captures live in the stack alone and are left out everywhere.
 */
import { type Edge, edge, exits, reads, takesOpen, width, writes } from './effects.ts';
import type { Proto } from './proto.ts';

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
