/** Source text to shared prototypes: Fengari parses, this file turns its result into ours and keeps it. */

import type { LuaBuild, StripLevel } from './api.ts';
import { COST } from './cost.ts';
import { BadChunk, undump } from './dump.ts';
import { envName, type Grown, type Parsed, parse, TAG } from './install.ts';
import { type Source, SyntaxFailure } from './lexer.ts';
import { NUMBERS, type NumberModel } from './numbers.ts';
import { OP } from './opcodes.ts';
import { Proto, shortSource, toFlash, type UpvalDesc } from './proto.ts';
import { type Int, LuaError, type Value } from './value.ts';
import type { Vm } from './vm.ts';

export type Compiled = { readonly ok: true; readonly proto: Proto } | { readonly ok: false; readonly message: string };

/** Texts compiled last, by version, chunk name and text; devices that run the same script share the result. */
const cache = new Map<string, Compiled>();
let cachedChars = 0;
const CACHE_CHARS = 8 << 20;

/**
 * Compiles a text, or what a reader answers piece by piece until ''. The text is a stream and takes no memory, but the
 * heap must have room for the code.
 * @param mode what kinds of chunk are welcome
 */
export function compile(g: Vm, source: string | (() => string), chunkName: string, mode = 'bt'): Compiled {
  try {
    const result =
      typeof source === 'string'
        ? compileText(g, source, chunkName, mode, (bytes) => g.reserve(bytes))
        : compileStream(g, source, chunkName, mode);
    if (result.ok) {
      const bytes = codeBytes(result.proto);
      g.reserve(bytes);
      g.account(bytes);
    }
    return result;
  } catch (error) {
    if (error instanceof LuaError && error.kind === 'memory') return { ok: false, message: String(error.value) };
    throw error;
  }
}

/** Compiles a text as luac.cross does on a host computer, for the flash: the heap of the state does not matter. */
export function crossCompile(g: Vm, source: string, chunkName: string): Compiled {
  const result = compileText(g, source, chunkName, 'bt', undefined);
  if (result.ok) toFlash(result.proto);
  return result;
}

function compileText(g: Vm, source: string, chunkName: string, mode: string, grown: Grown): Compiled {
  g.charge(COST.COMPILE + COST.COMPILE_BYTE * source.length);
  const refused = refusal(source, mode);
  if (refused !== undefined) return refused;
  const place = grown === undefined ? 'flash' : 'RAM';
  const key = `${g.version}\n${g.stripLevel}\n${place}\n${chunkName}\n${source}`;
  let result = cache.get(key);
  if (result === undefined) {
    result = translate(g, { text: source }, chunkName, grown);
    if (cachedChars > CACHE_CHARS) {
      cache.clear();
      cachedChars = 0;
    }
    cache.set(key, result);
    cachedChars += key.length;
  }
  return result;
}

function compileStream(g: Vm, reader: () => string, chunkName: string, mode: string): Compiled {
  const more = (held: number): string => {
    const piece = reader();
    g.charge(COST.COMPILE_BYTE * (piece.length + 1) + (held >>> 8));
    // The buffer of the scanner doubles.
    g.reserve(2 ** (32 - Math.clz32(held + piece.length)));
    return piece;
  };
  g.charge(COST.COMPILE);
  const text = more(0);
  // 5.1 looks whether the first character is there, and asks again (luaZ_lookahead of ldo.c f_parser).
  const ended = text === '' && !g.is51;
  return (
    refusal(text, mode) ??
    translate(g, { text, more: ended ? undefined : more }, chunkName, (bytes) => g.reserve(bytes))
  );
}

const isBinary = (text: string): boolean => text.charCodeAt(0) === 27;

/** The complaint about a kind of chunk that is not welcome. */
function refusal(text: string, mode: string): Compiled | undefined {
  const kind = isBinary(text) ? 'binary' : 'text';
  if (mode.includes(kind.charAt(0))) return undefined;
  return { ok: false, message: `attempt to load a ${kind} chunk (mode is '${mode}')` };
}

function translate(g: Vm, source: Source, chunkName: string, grown: Grown): Compiled {
  const { version, stripLevel: strip } = g;
  try {
    if (isBinary(source.text)) return { ok: true, proto: undump(source, chunkName, version) };
    const { proto, emitted } = parse(source, chunkName, version, grown);
    return { ok: true, proto: convert(proto, undefined, { name: chunkName, build: version, strip, emitted }) };
  } catch (error) {
    if (error instanceof SyntaxFailure) return { ok: false, message: error.message };
    if (error instanceof BadChunk)
      return { ok: false, message: `${shortSource(chunkName)}: ${error.why} precompiled chunk` };
    throw error;
  }
}

/** The text as a property name: such strings differ when their addresses do, which makes looking for keys quick. */
const intern = (text: string): string => Object.keys({ [text]: 0 })[0] as string;
const nameOf = (s: FengariString): string => intern((s.hash ?? '').slice(1));

function constant(v: FengariValue, numbers: NumberModel): Value {
  switch (v.type) {
    case TAG.STRING:
      return nameOf(v.value as FengariString);
    case TAG.FLOAT:
      return numbers.float(v.value as number);
    case TAG.INT:
      return v.value as Int;
    case TAG.BOOLEAN:
      return v.value as boolean;
    default:
      return undefined;
  }
}

/** Where the parent's upvalues went when the hidden one for globals was taken out. */
type Renumbering = readonly number[] | undefined;

/** What all functions of a chunk have in common. */
interface Chunk {
  readonly name: string;
  readonly build: LuaBuild;
  readonly strip: StripLevel;
  readonly emitted: Parsed['emitted'];
}

function convert(from: FengariProto, parent: Renumbering, chunk: Chunk): Proto {
  const { build, strip, name: source } = chunk;
  const p = new Proto();
  p.build = build;
  const { is51 } = p;
  p.source = source;
  p.shortSource = shortSource(source);
  p.constants = from.k.map((v) => constant(v, NUMBERS[build]));
  p.paramCount = from.numparams;
  p.isVararg = from.is_vararg;
  p.frameSize = from.maxstacksize;
  p.firstLine = from.linedefined;
  p.lastLine = from.lastlinedefined;
  p.lines = strip === 2 ? new Int32Array(0) : lineNumbers(from, chunk.emitted?.get(from));
  if (strip === 0)
    p.locals = from.locvars.map((v) => ({ name: nameOf(v.varname), startPc: v.startpc, endPc: v.endpc }));
  const env = is51 ? from.upvalues.findIndex((u) => nameOf(u.name) === envName(true)) : -1;
  const renumbered = from.upvalues.map((_, i) => (env >= 0 && i > env ? i - 1 : i));
  const upvals: UpvalDesc[] = [];
  from.upvalues.forEach((u, i) => {
    if (i === env) return;
    upvals.push({
      inStack: u.instack,
      index: u.instack || parent === undefined ? u.idx : (parent[u.idx] as number),
      name: strip === 0 ? nameOf(u.name) : '',
    });
  });
  p.upvals = upvals;
  p.code = Int32Array.from(from.code, (i) => instruction(i, env, renumbered));
  p.hints = new Uint16Array(p.code.length);
  if (is51) {
    placeArgTable(p);
    foldZeros(p);
  }
  p.protos = from.p.map((child) => convert(child, renumbered, chunk));
  p.bytes = 76 + 4 * p.code.length + 12 * p.constants.length + 4 * p.protos.length + 4 * upvals.length + p.lines.length;
  return p;
}

/** Bytes of a function's code and of those inside it, names aside. */
const codeBytes = (p: Proto): number => p.protos.reduce((sum, child) => sum + codeBytes(child), p.bytes);

/** 5.1 notes for operators the line of the last token, 5.3 that of the operator. */
function lineNumbers(from: FengariProto, emitted: readonly number[] | undefined): Int32Array<ArrayBuffer> {
  return Int32Array.from(from.lineinfo, (line, pc) => {
    const op = from.code[pc]?.opcode ?? 0;
    return op >= OP.ADD && op <= OP.CONCAT ? (emitted?.[pc] ?? line) : line;
  });
}

/** 5.1 has instructions for globals in place of the hidden upvalue. */
function instruction(i: FengariInstruction, env: number, renumbered: readonly number[]): number {
  const { code, opcode, A, B, C } = i;
  if (env < 0) return code;
  const make = (op: number, a: number, b: number, c: number): number => op | (a << 6) | (c << 14) | (b << 23);
  switch (opcode) {
    case OP.GETTABUP:
      return B === env ? make(OP.GETGLOBAL, A, 0, C) : make(opcode, A, renumbered[B] as number, C);
    case OP.SETTABUP:
      return A === env ? make(OP.SETGLOBAL, 0, B, C) : make(opcode, renumbered[A] as number, B, C);
    case OP.GETUPVAL:
    case OP.SETUPVAL:
      return make(opcode, A, renumbered[B] as number, C);
    default:
      return code;
  }
}

/** Replaces the marker of syntax51.ts by the instruction that makes `arg`, which is nil where the function uses `...`. */
function placeArgTable(p: Proto): void {
  const a = p.paramCount;
  // A main chunk has no such table; its `-nil` is a mistake of the script.
  if (!p.isVararg || p.firstLine === 0 || p.code.length < 3) return;
  if (p.code[0] !== (OP.LOADNIL | (a << 6)) || p.code[1] !== (OP.UNM | (a << 6) | (a << 23))) return;
  if (!p.code.some((i) => (i & 0x3f) === OP.VARARG)) p.code[0] = OP.ARGTABLE | (a << 6);
  p.code[1] = OP.MOVE | (a << 6) | (a << 23);
}

/**
 * 5.1 folds `-0` to a constant and takes it for the same constant as `0`, so that all zeros of a function get the sign
 * of the first one.
 */
function foldZeros(p: Proto): void {
  const zero = p.constants.indexOf(0);
  if (zero < 0) return;
  const targets = new Set<number>();
  p.code.forEach((i, pc) => {
    if ((i & 0x3f) === OP.JMP || (i & 0x3f) === OP.FORLOOP || (i & 0x3f) === OP.TFORLOOP)
      targets.add(pc + 1 + (i >>> 14) - 131071);
  });
  let first: 'plain' | 'negated' | undefined;
  for (let pc = 0; pc < p.code.length; pc++) {
    const i = p.code[pc] as number;
    const op = i & 0x3f;
    const next = p.code[pc + 1] ?? 0;
    const a = (i >>> 6) & 0xff;
    if (op === OP.LOADK && i >>> 14 === zero) {
      const negated = (next & 0x3f) === OP.UNM && next >>> 23 === a && !targets.has(pc + 1);
      first ??= negated ? 'negated' : 'plain';
      if (negated) p.code[pc + 1] = OP.MOVE | (next & 0x3fc0) | (a << 23);
    } else if (
      op >= OP.GETTABUP &&
      op <= OP.LE &&
      op !== OP.JMP &&
      (i >>> 23 === (zero | 0x100) || ((i >>> 14) & 0x1ff) === (zero | 0x100))
    ) {
      first ??= 'plain';
    }
  }
  if (first === 'negated') p.constants[zero] = -0;
}
