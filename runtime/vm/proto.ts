/** Compiled functions, shared by all devices that load the same text. */
import type { LuaBuild } from './api.ts';
import type { Generated } from './jit.ts';
import type { Value } from './value.ts';

/**
 * Calls and loop rounds after which a function is written as JavaScript, for states made from then on; and how often
 * that code may meet an instruction whose long way it lacks before the function is written anew (twice as often each
 * time after that). The results are the same with any number; 0, 1 and Infinity are for tests of that.
 */
export const generation = { heat: 1000, exits: 16 };

export interface UpvalDesc {
  /** The enclosing function's register (true) or upvalue (false). */
  readonly inStack: boolean;
  readonly index: number;
  /** '' when stripped. */
  readonly name: string;
}

export interface LocalDesc {
  readonly name: string;
  readonly startPc: number;
  readonly endPc: number;
}

export class Proto {
  code = new Int32Array(0);
  constants: Value[] = [];
  protos: Proto[] = [];
  upvals: UpvalDesc[] = [];
  lines = new Int32Array(0);
  locals: LocalDesc[] = [];
  /** Where the interpreter found a constant key last, per instruction; only a hint. */
  hints = new Uint16Array(0);
  /** Calls and loop rounds in the interpreter. */
  heat = 0;
  /** Its code in JavaScript, once it is hot, and by the instruction where it is entered. */
  main: Generated | undefined = undefined;
  readonly generated: (Generated | 'none' | undefined)[] = [];
  /** Of each instruction: 1 once it had to take its long way (slow.ts); generated code has that for these only. */
  long: Uint8Array | undefined = undefined;
  /** How often generated code has met another one since it was written, and may meet one. */
  exits = 0;
  exitLimit = generation.exits;
  paramCount = 0;
  isVararg = false;
  frameSize = 2;
  firstLine = 0;
  lastLine = 0;
  /** As given, for example `@init.lua`. */
  source = '';
  /** As shown in messages, for example `init.lua`. */
  shortSource = '';
  /** Compiled for. */
  build: LuaBuild = '5.1';
  /** Bytes on the chip, for the heap estimate. */
  bytes = 0;
  /** In flash, where it takes no heap. */
  rom = false;
  /** Collection cycle that counted it last. */
  mark = 0;

  get is51(): boolean {
    return this.build === '5.1';
  }
}

/** The instruction at `pc` cannot always take its short way. */
export function noteLong(p: Proto, pc: number): void {
  p.long ??= new Uint8Array(p.code.length);
  p.long[pc] = 1;
}

/** A function and those inside it stand in flash. */
export function toFlash(p: Proto): void {
  p.rom = true;
  p.protos.forEach(toFlash);
}

/** How a chunk name is shown (luaO_chunkid, at most 60 bytes with the terminator). */
export function shortSource(name: string): string {
  const MAX = 59;
  if (name.startsWith('=')) return name.slice(1, MAX + 1);
  if (name.startsWith('@')) {
    const file = name.slice(1);
    return file.length <= MAX ? file : `...${file.slice(file.length - (MAX - 3))}`;
  }
  const newline = name.search(/[\n\r]/);
  const line = newline < 0 ? name : name.slice(0, newline);
  const room = MAX - '[string "..."]'.length;
  return newline >= 0 || line.length > room + 3 ? `[string "${line.slice(0, room)}..."]` : `[string "${line}"]`;
}
