/**
 * What library work costs, in instructions. Only roughly that of the chip; above all it keeps the time a script takes
 * here in proportion to its budget, whatever it does.
 */
export const COST = {
  /** A call of a built-in function, on top of the instruction. */
  NATIVE: 3,
  /** Raising an error and unwinding to its handler. */
  ERROR: 100,
  /** The same, times the square of the calls through C: the host takes long to leave many. */
  ERROR_DEPTH: 1 / 8,
  TABLE: 4,
  CLOSURE: 3,
  THREAD: 60,
  /** Resuming or suspending a coroutine. */
  SWITCH: 10,
  /** Compiling: at least, and for each byte of source. */
  COMPILE: 600,
  COMPILE_BYTE: 12,
  /** Printing a float; other conversions of string.format. */
  FLOAT_TEXT: 30,
  FORMAT: 6,
} as const;
