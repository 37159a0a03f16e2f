/** What is left to do when a call made by an instruction returns (see {@link Frame.finish}). */
export const FINISH = {
  NONE: 0,
  /** A comparison: the result decides about the jump that follows. */
  COMPARE: 1,
  /** `<=` made of `<`: the same, negated. */
  COMPARE_NOT: 2,
  /** A concatenation goes on to the left. */
  CONCAT: 3,
  /** 5.1: an iterator of `for` ran as if called from C. */
  ITERATOR: 4,
} as const;
