/** Tracebacks in the firmware's form, with a gap when there are many levels. */
import { functionName, globalFunctionName } from './debug-info.ts';
import { currentLine } from './errors.ts';
import { type Frame, TAIL, type Thread } from './thread.ts';
import { Closure } from './value.ts';

/** Levels shown before and after the gap, and how many make one: lauxlib.c of 5.3 counts those that it shows. */
const GAP_53 = { first: 10, last: 11, from: 23 } as const;
/** ldblib.c of 5.1 (LEVELS1, LEVELS2) counts from level 0, shown or not. */
const gap51 = (level: number) => ({ first: Math.max(0, 12 - level), last: 10, from: Math.max(24 - level, 12) });

/** Frames from a level on; undefined stands for a call lost to a tail call (5.1). */
function levels(L: Thread, from: number): (Frame | undefined)[] {
  const list: (Frame | undefined)[] = [];
  for (let frame: Frame | undefined = L.frame; frame !== undefined && frame !== L.baseFrame; frame = frame.prev) {
    list.push(frame);
    if (L.g.is51) for (let i = 0; i < frame.tails; i++) list.push(undefined);
  }
  return list.slice(from);
}

function describe51(L: Thread, frame: Frame | undefined, bottom: boolean): string {
  if (frame === undefined) return '\n\t(tail call): ?';
  const line = currentLine(frame);
  const closure = frame.fn instanceof Closure ? frame.fn : undefined;
  let text = `\n\t${closure === undefined ? '[C]' : closure.proto.shortSource}:`;
  if (line > 0) text += `${line}:`;
  const name = bottom ? undefined : functionName(L, frame);
  if (name !== undefined) return `${text} in function '${name.name}'`;
  if (closure === undefined) return `${text} ?`;
  if (closure.proto.firstLine === 0) return `${text} in main chunk`;
  return `${text} in function <${closure.proto.shortSource}:${closure.proto.firstLine}>`;
}

function describe53(L: Thread, frame: Frame): string {
  const line = currentLine(frame);
  const closure = frame.fn instanceof Closure ? frame.fn : undefined;
  let text = `\n\t${closure === undefined ? '[C]' : closure.proto.shortSource}:`;
  if (line > 0) text += `${line}:`;
  text += ' in ';
  const known = globalFunctionName(L, frame.fn);
  const name = functionName(L, frame);
  if (known !== undefined) text += `function '${known}'`;
  else if (name !== undefined && name.name !== '') text += `${name.kind} '${name.name}'`;
  else if (closure !== undefined && closure.proto.firstLine === 0) text += 'main chunk';
  else if (closure !== undefined) text += `function <${closure.proto.shortSource}:${closure.proto.firstLine}>`;
  else text += '?';
  return frame.flags & TAIL ? `${text}\n\t(...tail calls...)` : text;
}

/** debug.traceback: `message` first when given, from `level` of thread `of` on. */
export function traceback(L: Thread, of: Thread, message: string | undefined, level: number): string {
  let text = message === undefined ? '' : `${message}\n`;
  text += 'stack traceback:';
  const list = levels(of, level);
  const gap = L.g.is51 ? gap51(level) : GAP_53;
  list.forEach((frame, i) => {
    if (list.length >= gap.from && i >= gap.first && i < list.length - gap.last) {
      if (i === gap.first) text += '\n\t...';
      return;
    }
    text += L.g.is51
      ? describe51(L, frame, i === list.length - 1 && of.baseFrame === frame?.prev)
      : describe53(L, frame as Frame);
  });
  return text;
}
