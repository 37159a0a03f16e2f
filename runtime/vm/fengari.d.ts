/** The parts of Fengari 0.1.5 that mcubox uses: its parser and code generator. Nothing else of it may be imported. */

/** A growing byte array of Fengari's lexer; our lexer does not use it, the parser only passes it on. */
interface FengariBuffer {
  buffer: Uint8Array | null;
  n: number;
}

interface FengariSemInfo {
  r: number;
  i: number | bigint;
  ts: FengariString | null;
}

interface FengariToken {
  token: number;
  seminfo: FengariSemInfo;
}

interface FengariString {
  hash: string | null;
  realstring: Uint8Array;
  getstr(): Uint8Array;
}

interface FengariBlock {
  readonly previous: FengariBlock | null;
  readonly isloop: boolean | number;
}

interface FengariFuncState {
  readonly f: FengariProto;
  readonly prev: FengariFuncState | null;
  readonly bl: FengariBlock | null;
  readonly pc: number;
  readonly firstlocal: number;
  readonly nactvar: number;
  readonly nups: number;
}

interface FengariLexState {
  current: number;
  linenumber: number;
  lastline: number;
  t: FengariToken;
  lookahead: FengariToken;
  fs: FengariFuncState | null;
  L: FengariState;
  z: unknown;
  buff: FengariBuffer;
  dyd: FengariDyndata;
  source: FengariString;
  envn: FengariString;
}

interface FengariDyndata {
  actvar: { arr: unknown[]; n: number; size: number };
  gt: unknown;
  label: unknown;
}

interface FengariInstruction {
  code: number;
  opcode: number;
  A: number;
  B: number;
  C: number;
}

interface FengariValue {
  type: number;
  value: unknown;
}

interface FengariProto {
  readonly k: FengariValue[];
  readonly p: FengariProto[];
  readonly code: FengariInstruction[];
  lineinfo: number[];
  readonly upvalues: { instack: boolean; idx: number; name: FengariString }[];
  readonly numparams: number;
  readonly is_vararg: boolean;
  maxstacksize: number;
  readonly locvars: { varname: FengariString; startpc: number; endpc: number }[];
  readonly linedefined: number;
  readonly lastlinedefined: number;
}

interface FengariClosure {
  readonly p: FengariProto;
}

interface FengariState {
  top: number;
  nCcalls: number;
  stack: unknown[];
}

declare module 'fengari/src/lua.js' {}

declare module 'fengari/src/lauxlib.js' {
  const lauxlib: { luaL_newstate(): FengariState };
  export default lauxlib;
}
declare module 'fengari/src/llex.js' {
  const llex: {
    RESERVED: Readonly<Record<string, number>>;
    luaX_next: (ls: FengariLexState) => void;
    luaX_lookahead: (ls: FengariLexState) => number;
    luaX_newstring: (ls: FengariLexState, bytes: Uint8Array) => FengariString;
    luaX_setinput: (L: FengariState, ls: FengariLexState, z: unknown, source: FengariString, first: number) => void;
    luaX_syntaxerror: (ls: FengariLexState, message: Uint8Array | FengariString) => never;
    luaX_token2str: (ls: FengariLexState, token: number) => Uint8Array;
  };
  export default llex;
}
declare module 'fengari/src/lobject.js' {
  const lobject: {
    luaO_arith: (L: unknown, op: number, a: FengariValue, b: FengariValue, result: FengariValue) => void;
  };
  export default lobject;
}
declare module 'fengari/src/lstring.js' {
  const lstring: { TString: new (L: unknown, bytes: Uint8Array) => FengariString };
  export default lstring;
}
declare module 'fengari/src/lparser.js' {
  const lparser: {
    Dyndata: new () => FengariDyndata;
    luaY_parser(
      L: FengariState,
      z: unknown,
      buff: FengariBuffer,
      dyd: FengariDyndata,
      name: Uint8Array,
      firstchar: number,
    ): FengariClosure;
  };
  export default lparser;
}
