/** Bytes and texts from the wire, made safe and short enough for a line on a terminal. */
import { hex } from '../core/index.ts';

/** More bytes than this are cut. */
const MAX_DUMP = 64;

/** Everything but printable ASCII becomes `\xNN`. */
export const printable = (text: string): string =>
  text.replace(/[^ -~]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Hexadecimal digits of the first bytes, with `…` when there are more. */
export const dump = (bytes: Uint8Array): string =>
  bytes.length <= MAX_DUMP ? hex(bytes) : `${hex(bytes.subarray(0, MAX_DUMP))}…`;
