/** Byte vectors as one writes them from an RFC: hexadecimal digits in any grouping, a remark behind `|`. */
export function bytes(text: string): Uint8Array {
  const digits = text
    .split('\n')
    .map((line) => line.split('|')[0] ?? '')
    .join('')
    .replace(/\s/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(`not whole bytes: ${digits}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
