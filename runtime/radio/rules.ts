/** Fault rules. */
import type { Micros } from '../core/index.ts';
import type { MacAddress } from '../wire/index.ts';

export type FaultEffect = 'drop' | 'delay' | 'duplicate' | 'corrupt' | 'reorder';

export interface FaultMatch {
  readonly direction?: 'to-ap' | 'from-ap';
  readonly station?: MacAddress;
  readonly bssid?: MacAddress;
  /** Which frames; by default 'data' (IP, ARP, …; neither management nor EAPOL). */
  readonly frames?: 'data' | 'eapol' | 'management' | 'all';
  /** Only data frames that carry this EtherType. */
  readonly etherType?: number;
}

export interface FaultOptions {
  readonly effect: FaultEffect;
  /** 0 … 1, by default 1. */
  readonly probability?: number;
  readonly match?: FaultMatch;
  /** First and last virtual time at which the rule acts (from included, until excluded); by default always. */
  readonly from?: Micros;
  readonly until?: Micros;
  /** At most so many hits; the rule is spent afterwards. */
  readonly limit?: number;
  /** delay: how long, plus 0 … jitter more. duplicate: how much later the copy. reorder: the longest time it is held back. */
  readonly time?: Micros;
  readonly jitter?: Micros;
  /** corrupt: how many bits are flipped in the frame's payload, by default 1. */
  readonly bits?: number;
  /** Names the rule's stream of chance; by default its effect and a number. */
  readonly label?: string;
}

/** One rule at work. */
export class FaultRule {
  readonly options: FaultOptions;
  constructor(options: FaultOptions) {
    this.options = options;
  }
  /** Frames it has acted on. */
  get hits(): number {
    return 0;
  }
}

/** The rules of one medium, in any order: they compose. */
export class FaultRules {
  add(options: FaultOptions): FaultRule {
    return new FaultRule(options);
  }
  remove(rule: FaultRule): void {
    void rule;
  }
}
