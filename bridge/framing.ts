/**
 * Ethernet frames in a byte stream, as QEMU's `-netdev stream` and `socket` have them and passt speaks: a length of
 * four bytes, highest first, and the frame without FCS.
 */

const HEADER = 4;
/** No frame is longer; QEMU's limit is 68 KiB, for segments its guests leave to the card to cut. */
const MAX_LENGTH = 68 * 1024;

export function emitFramed(frame: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEADER + frame.length);
  new DataView(out.buffer).setUint32(0, frame.length);
  out.set(frame, HEADER);
  return out;
}

/** Takes a stream apart as it comes. */
export class Deframer {
  /** What has come of a frame that is not complete. */
  #rest: Uint8Array = new Uint8Array(0);

  /** The frames that are complete now; each is an array of its own. Undefined: this is no stream of frames. */
  feed(bytes: Uint8Array): Uint8Array[] | undefined {
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    const view = new DataView(all.buffer, all.byteOffset, all.length);
    const frames: Uint8Array[] = [];
    let at = 0;
    while (all.length - at >= HEADER) {
      const length = view.getUint32(at);
      if (length > MAX_LENGTH) return undefined;
      if (all.length - at < HEADER + length) break;
      frames.push(all.slice(at + HEADER, at + HEADER + length));
      at += HEADER + length;
    }
    this.#rest = all.slice(at);
    return frames;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
