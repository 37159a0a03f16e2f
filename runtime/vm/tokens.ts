/** Token numbers shared with Fengari's parser (llex.js RESERVED) and their texts. */

/** Reserved words in the parser's order, from 257 on. */
const WORDS = [
  'and',
  'break',
  'do',
  'else',
  'elseif',
  'end',
  'false',
  'for',
  'function',
  'goto',
  'if',
  'in',
  'local',
  'nil',
  'not',
  'or',
  'repeat',
  'return',
  'then',
  'true',
  'until',
  'while',
] as const;
const OTHERS = [
  '//',
  '..',
  '...',
  '==',
  '>=',
  '<=',
  '~=',
  '<<',
  '>>',
  '::',
  '<eof>',
  '<number>',
  '<integer>',
  '<name>',
  '<string>',
] as const;

const FIRST = 257;
export const TK = {
  AND: 257,
  BREAK: 258,
  DO: 259,
  ELSE: 260,
  ELSEIF: 261,
  END: 262,
  FALSE: 263,
  FOR: 264,
  FUNCTION: 265,
  GOTO: 266,
  IF: 267,
  IN: 268,
  LOCAL: 269,
  NIL: 270,
  NOT: 271,
  OR: 272,
  REPEAT: 273,
  RETURN: 274,
  THEN: 275,
  TRUE: 276,
  UNTIL: 277,
  WHILE: 278,
  IDIV: 279,
  CONCAT: 280,
  DOTS: 281,
  EQ: 282,
  GE: 283,
  LE: 284,
  NE: 285,
  SHL: 286,
  SHR: 287,
  DBCOLON: 288,
  EOS: 289,
  FLT: 290,
  INT: 291,
  NAME: 292,
  STRING: 293,
} as const;

/** Characters that mean something to the parser but not in Lua 5.1 are moved out of its sight by this much. */
export const FOREIGN = 1000;

export const reservedWords: ReadonlyMap<string, number> = new Map(WORDS.map((word, i) => [word, FIRST + i]));

/** A token as messages show it, without quotes. */
export function tokenName(token: number, is51: boolean): string {
  const t = token >= FOREIGN ? token - FOREIGN : token;
  if (t >= FIRST) return [...WORDS, ...OTHERS][t - FIRST] ?? '?';
  // 5.1 spells out control characters only.
  if (t >= 32 && t !== 127 && (is51 || t < 127)) return String.fromCharCode(t);
  return is51 ? `char(${t})` : `<\\${t}>`;
}
