/**
 * Blocks to a structured program: loops, labelled blocks and two-way ifs, after Ramsey, Beyond Relooper (ICFP 2022).
 * What lies behind a loop is put behind it, not inside.
 */
import type { BlockCode } from './jit-emit.ts';
import { type Block, dominates } from './jit-flow.ts';

export function shape(list: readonly Block[], code: ReadonlyMap<Block, BlockCode>): string {
  const byStart = new Map(list.map((block) => [block.start, block]));
  const loops = loopBodies(list);
  const joins = new Set(list.filter((b) => b.from.filter((f) => f.order < b.order).length > 1));
  const children = new Map(list.map((block): [Block, Block[]] => [block, []]));
  for (const block of list) if (block.dominator !== block) children.get(block.dominator)?.push(block);
  const out: string[] = [];

  /** A block and all it dominates. */
  function tree(block: Block): void {
    const mine = children.get(block) as Block[];
    const body = loops.get(block);
    const behind = body === undefined ? [] : mine.filter((child) => !body.has(child));
    for (const child of behind) joins.add(child);
    const inside = mine.filter((child) => joins.has(child) && !behind.includes(child));
    nest(behind, () => {
      if (body !== undefined) out.push(`L${block.start}:for(;;){`);
      nest(inside, () => leaf(block));
      if (body !== undefined) out.push('}');
    });
  }

  /** `inner`, from which the blocks can be jumped to, then they in order. */
  function nest(blocks: readonly Block[], inner: () => void): void {
    const sorted = [...blocks].sort((x, y) => x.order - y.order);
    out.push('{');
    for (const block of [...sorted].reverse()) out.push(`B${block.start}:{`);
    inner();
    for (const block of sorted) {
      out.push('}');
      tree(block);
    }
    out.push('}');
  }

  function leaf(block: Block): void {
    const { text, test, ways } = code.get(block) as BlockCode;
    out.push(...text);
    block.edges.forEach(({ target }, n) => {
      if (block.edges.length > 1) out.push(n === 0 ? `if(${test}){` : 'else{');
      out.push(...(ways[n]?.text ?? []));
      branch(block, byStart.get(target) as Block);
      if (block.edges.length > 1) out.push('}');
    });
  }

  function branch(from: Block, to: Block): void {
    if (to.order <= from.order) out.push(`continue L${to.start};`);
    else if (joins.has(to)) out.push(`break B${to.start};`);
    else tree(to);
  }

  tree(list[0] as Block);
  return out.join('\n');
}

/** The natural loop of each block that something jumps back to. */
function loopBodies(list: readonly Block[]): Map<Block, Set<Block>> {
  const loops = new Map<Block, Set<Block>>();
  for (const head of list) {
    const back = head.from.filter((f) => dominates(head, f));
    if (back.length === 0) continue;
    const body = new Set([head]);
    for (let at = back.pop(); at !== undefined; at = back.pop()) {
      if (body.has(at)) continue;
      body.add(at);
      back.push(...at.from);
    }
    loops.set(head, body);
  }
  return loops;
}
