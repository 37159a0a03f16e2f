/** What is sent to many is decoded once: the receivers ask one after the other, and share the answer. */

/** `decode`, which remembers its last answer. Neither what it is given nor what it answers may be changed afterwards. */
export function once<A extends object, T>(decode: (from: A) => T): (from: A) => T {
  let last: { readonly from: A; readonly answer: T } | undefined;
  return (from) => {
    if (last?.from !== from) last = { from, answer: decode(from) };
    return last.answer;
  };
}
