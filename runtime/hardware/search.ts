/** The smallest raw value for which a rising condition holds. */
export function search(limit: number, holds: (raw: number) => boolean): number {
  let low = 0;
  let high = limit - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
