/**
 * Faults of the air as rules on frames: each rule gives a verdict on each frame on its way to each receiver, and the verdicts
 * compose. A rule draws from its own stream, and always the same count of numbers for a frame it matches, so adding or
 * removing one rule never shifts another's dice.
 * A rule acts on the delivered frame: 802.11's own retransmission (which would hide most losses) and FCS are not simulated.
 */
import { type Micros, type Rng, us } from '../core/index.ts';
import { ETHERTYPE_EAPOL, type MacAddress } from '../wire/index.ts';

export type FaultEffect = 'drop' | 'delay' | 'duplicate' | 'corrupt' | 'reorder' | 'split';

export interface FaultMatch {
  readonly direction?: 'to-ap' | 'from-ap';
  readonly station?: MacAddress;
  readonly bssid?: MacAddress;
  /** Which frames; by default 'data' (IP, ARP, …; neither management nor EAPOL). */
  readonly frames?: 'data' | 'eapol' | 'management' | 'all';
  /** Only data frames that carry this EtherType. */
  readonly etherType?: number;
  /** Only data frames for which this answers true, seen as Ethernet; what goes from station to station counts once. */
  readonly frame?: (ethernet: Uint8Array) => boolean;
}

export interface FaultOptions {
  readonly effect: FaultEffect;
  /** 0 … 1, by default 1. */
  readonly probability?: number;
  readonly match?: FaultMatch;
  /** First and last virtual time at which the rule acts (from included, until excluded); by default always. */
  readonly from?: Micros;
  readonly until?: Micros;
  /** So many matching frames pass first. */
  readonly skip?: number;
  /** At most so many hits; the rule is spent afterwards. */
  readonly limit?: number;
  /** delay: how long, plus 0 … jitter more. duplicate: how much later the copy. reorder: the longest time it is held back. */
  readonly time?: Micros;
  readonly jitter?: Micros;
  /** corrupt: how many bits are flipped in the frame's payload, by default 1. */
  readonly bits?: number;
  /** split: so much of a TCP segment's payload goes in a segment of its own, by default 1. */
  readonly bytes?: number;
  /** Told of each hit. */
  readonly onHit?: (at: Micros) => void;
  /** Names the rule's stream of chance; by default its effect and a number. */
  readonly label?: string;
}

/** What a rule needs to know of a frame. */
export interface FaultSubject {
  readonly frames: 'data' | 'management';
  readonly direction: 'to-ap' | 'from-ap';
  readonly station: MacAddress;
  readonly bssid: MacAddress;
  /** Of a data frame, else 0. */
  readonly etherType: number;
  /** Length of what a data frame carries behind LLC/SNAP, else 0. */
  readonly payloadLength: number;
  /** A data frame as Ethernet; undefined for others, and on the second way over the air. */
  readonly ethernet?: () => Uint8Array | undefined;
}

export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'delay'; readonly by: Micros }
  | { readonly kind: 'duplicate'; readonly after: Micros }
  /** Positions of bits in the payload. */
  | { readonly kind: 'corrupt'; readonly bits: readonly number[] }
  /** Held back until a later frame of the same link has passed, at most so long. */
  | { readonly kind: 'reorder'; readonly atMost: Micros }
  | { readonly kind: 'split'; readonly bytes: number };

/** All verdicts on one frame for one receiver. */
export interface Fate {
  readonly dropped: boolean;
  readonly delay: Micros;
  /** Further copies, each so much later than the first. */
  readonly copies: readonly Micros[];
  readonly flippedBits: readonly number[];
  /** 0: not held back. */
  readonly heldAtMost: Micros;
  /** Bytes of TCP payload in the first of two segments; 0: not split. */
  readonly splitAt: number;
}

const PASS: Verdict = { kind: 'pass' };
/** Long enough for the next segment of a burst, short against any retransmission timer. */
const DEFAULT_HOLD = us(20_000);

/** One rule at work. */
export class FaultRule {
  readonly options: FaultOptions;
  readonly #dice: Rng;
  /** Jitter and bit positions: apart, because only hits need them. */
  readonly #amounts: Rng;
  #hits = 0;
  #passed = 0;

  constructor(options: FaultOptions, rng: Rng) {
    this.options = options;
    this.#dice = rng.fork('dice');
    this.#amounts = rng.fork('amounts');
  }

  /** Frames it has acted on. */
  get hits(): number {
    return this.#hits;
  }

  judge(subject: FaultSubject, now: Micros): Verdict {
    const { from, until, limit, probability } = this.options;
    if ((from !== undefined && now < from) || (until !== undefined && now >= until)) return PASS;
    if (!matches(this.options.match ?? {}, subject)) return PASS;
    if (this.#passed < (this.options.skip ?? 0)) {
      this.#passed++;
      return PASS;
    }
    const hit = this.#dice.chance(probability ?? 1);
    if (!hit || (limit !== undefined && this.#hits >= limit)) return PASS;
    this.#hits++;
    this.options.onHit?.(now);
    return this.#verdict(subject);
  }

  #verdict(subject: FaultSubject): Verdict {
    const { effect, time, jitter, bits } = this.options;
    switch (effect) {
      case 'drop':
        return { kind: 'drop' };
      case 'delay':
        return { kind: 'delay', by: us((time ?? 0) + this.#amounts.below((jitter ?? 0) + 1)) };
      case 'duplicate':
        return { kind: 'duplicate', after: us((time ?? 0) + this.#amounts.below((jitter ?? 0) + 1)) };
      case 'corrupt': {
        const length = subject.payloadLength * 8;
        const count = Math.min(bits ?? 1, length);
        return { kind: 'corrupt', bits: Array.from({ length: count }, () => this.#amounts.below(length)) };
      }
      case 'reorder':
        return { kind: 'reorder', atMost: time ?? DEFAULT_HOLD };
      case 'split':
        return { kind: 'split', bytes: this.options.bytes ?? 1 };
    }
  }
}

function matches(match: FaultMatch, subject: FaultSubject): boolean {
  const frames = match.frames ?? 'data';
  const isEapol = subject.etherType === ETHERTYPE_EAPOL;
  const kind = isEapol ? 'eapol' : subject.frames;
  return (
    (frames === 'all' || frames === kind) &&
    (match.direction === undefined || match.direction === subject.direction) &&
    (match.station === undefined || match.station === subject.station) &&
    (match.bssid === undefined || match.bssid === subject.bssid) &&
    (match.etherType === undefined || match.etherType === subject.etherType) &&
    (match.frame === undefined || meant(match.frame, subject.ethernet?.()))
  );
}

const meant = (filter: (frame: Uint8Array) => boolean, frame: Uint8Array | undefined): boolean =>
  frame !== undefined && filter(frame);

/** The rules of one medium. */
export class FaultRules {
  readonly #rng: Rng;
  readonly #rules: FaultRule[] = [];
  /** Rules ever added, by effect: makes default labels independent of other effects. */
  readonly #added = new Map<FaultEffect, number>();

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  get size(): number {
    return this.#rules.length;
  }

  add(options: FaultOptions): FaultRule {
    const n = (this.#added.get(options.effect) ?? 0) + 1;
    this.#added.set(options.effect, n);
    const rule = new FaultRule(options, this.#rng.fork(options.label ?? `${options.effect}#${n}`));
    this.#rules.push(rule);
    return rule;
  }

  remove(rule: FaultRule): void {
    const at = this.#rules.indexOf(rule);
    if (at >= 0) this.#rules.splice(at, 1);
  }

  /** Asks every rule, so that each sees every frame whatever the others say. Delays add up, copies and flipped bits collect. */
  judge(subject: FaultSubject, now: Micros): Fate {
    let dropped = false;
    let delay = 0;
    let heldAtMost = 0;
    let splitAt = 0;
    const copies: Micros[] = [];
    const flippedBits: number[] = [];
    for (const rule of this.#rules) {
      const verdict = rule.judge(subject, now);
      switch (verdict.kind) {
        case 'pass':
          break;
        case 'drop':
          dropped = true;
          break;
        case 'delay':
          delay += verdict.by;
          break;
        case 'duplicate':
          copies.push(verdict.after);
          break;
        case 'corrupt':
          flippedBits.push(...verdict.bits);
          break;
        case 'reorder':
          heldAtMost = Math.max(heldAtMost, verdict.atMost);
          break;
        case 'split':
          splitAt = verdict.bytes;
          break;
      }
    }
    return { dropped, delay: us(delay), copies, flippedBits, heldAtMost: us(heldAtMost), splitAt };
  }
}
