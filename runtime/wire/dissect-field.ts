/** One line of a dissected frame. See dissect.ts. */
import { toLatin1 } from '../core/index.ts';
import { printable } from './printable.ts';

/** One line of the tree; `from` and `to` (excluded) are places in the frame. */
export interface Field {
  readonly label: string;
  readonly value: string;
  readonly from: number;
  readonly to: number;
  readonly fields?: readonly Field[];
}

/** Bytes of an unknown layer that are shown as text. */
const SHOWN = 160;

/** A field without parts. */
export const field = (label: string, value: string | number, from: number, to: number): Field => ({
  label,
  value: String(value),
  from,
  to,
});

/** Bytes that nobody understands: as text, where it is text. */
export function rest(frame: Uint8Array, from: number, to: number): Field {
  const text = printable(toLatin1(frame.subarray(from, Math.min(to, from + SHOWN))));
  return field('Data', `${to - from} bytes: ${text}${to - from > SHOWN ? '…' : ''}`, from, to);
}
