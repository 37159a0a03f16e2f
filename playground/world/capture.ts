/** The frames of a world: all of them for the file, the latest ones for the page. */
import { FrameCauses, pcapHeader, pcapRecord, us, type World } from '../../runtime/index.ts';
import type { FrameRecord } from './protocol.ts';

/** Of frames kept for the file; then the oldest half goes. */
const KEPT_BYTES = 48 * 1024 * 1024;
/** The page gets at most so many at a time: more than a screen shows in a second. */
const BATCH = 2000;
const FORGET = 20_000;

export class Capture {
  #kept: FrameRecord[] = [];
  #keptBytes = 0;
  #fresh: FrameRecord[] = [];
  #causes = new FrameCauses();
  count = 0;

  /** Listens from now on, also to which line of a script sends what. */
  constructor(world: World) {
    world.trace.following = true;
    world.trace.listen((event) => this.#causes.onEvent(event));
    world.lan.tap((at, frame) => this.add(at, frame));
  }

  add(at: number, frame: Uint8Array): void {
    const n = ++this.count;
    // What is known of old frames is of no use any more.
    if (n % FORGET === 0) this.#causes = new FrameCauses();
    const cause = this.#causes.take(frame, n);
    const record: FrameRecord = {
      n,
      at,
      bytes: frame.slice(),
      ...(cause === undefined ? {} : { device: cause.device, line: cause.line, wokenBy: cause.wokenBy }),
    };
    this.#kept.push(record);
    this.#keptBytes += frame.length;
    if (this.#keptBytes > KEPT_BYTES) this.#halve();
    this.#fresh.push(record);
    if (this.#fresh.length >= 2 * BATCH) this.#fresh = this.#fresh.slice(-BATCH);
  }

  /** What came since the last call, the latest of it. */
  take(): readonly FrameRecord[] {
    const fresh = this.#fresh.slice(-BATCH);
    this.#fresh = [];
    return fresh;
  }

  /** As a file for Wireshark. */
  pcap(): Uint8Array {
    const parts = [pcapHeader(), ...this.#kept.map(({ at, bytes }) => pcapRecord(us(at), bytes))];
    const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  #halve(): void {
    this.#kept = this.#kept.slice(this.#kept.length >> 1);
    this.#keptBytes = this.#kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}
