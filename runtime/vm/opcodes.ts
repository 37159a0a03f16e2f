/**
 * Instructions: Lua 5.3's 32-bit words (lopcodes.h) as Fengari's code generator lays them out, with a few operations of
 * our own above them.
 */

/** Operation codes; the first 47 are Lua 5.3's (lopcodes.h). */
export const OP = {
  MOVE: 0,
  LOADK: 1,
  LOADKX: 2,
  LOADBOOL: 3,
  LOADNIL: 4,
  GETUPVAL: 5,
  GETTABUP: 6,
  GETTABLE: 7,
  SETTABUP: 8,
  SETUPVAL: 9,
  SETTABLE: 10,
  NEWTABLE: 11,
  SELF: 12,
  ADD: 13,
  SUB: 14,
  MUL: 15,
  MOD: 16,
  POW: 17,
  DIV: 18,
  IDIV: 19,
  BAND: 20,
  BOR: 21,
  BXOR: 22,
  SHL: 23,
  SHR: 24,
  UNM: 25,
  BNOT: 26,
  NOT: 27,
  LEN: 28,
  CONCAT: 29,
  JMP: 30,
  EQ: 31,
  LT: 32,
  LE: 33,
  TEST: 34,
  TESTSET: 35,
  CALL: 36,
  TAILCALL: 37,
  RETURN: 38,
  FORLOOP: 39,
  FORPREP: 40,
  TFORCALL: 41,
  TFORLOOP: 42,
  SETLIST: 43,
  CLOSURE: 44,
  VARARG: 45,
  EXTRAARG: 46,
  // Ours. 5.1: globals through the function's environment.
  GETGLOBAL: 47,
  SETGLOBAL: 48,
  // A = table of all varargs with field n (5.1's hidden `arg`).
  ARGTABLE: 49,
} as const;

export const opcode = (i: number): number => i & 0x3f;
export const argA = (i: number): number => (i >>> 6) & 0xff;
export const argB = (i: number): number => i >>> 23;
export const argC = (i: number): number => (i >>> 14) & 0x1ff;
export const argBx = (i: number): number => i >>> 14;
export const argSBx = (i: number): number => (i >>> 14) - 131071;
