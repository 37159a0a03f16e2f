/**
 * The air: carries frames from antenna to antenna, one at a time on each channel, through the fault rules, past the captures.
 * A clean link keeps order. Not simulated: collisions, interference between channels, retransmission, rate control.
 * Beacons are sent only while somebody listens for them, and take no airtime, so that a capture changes nothing.
 */
import { type Micros, type Timer, us } from '../core/index.ts';
import { isGroupMac, type MacAddress, receiverOf } from '../wire/index.ts';
import { acknowledgementTime, airtime, CHANNEL_ACCESS } from './airtime.ts';
import type { Air, Antenna } from './antenna.ts';
import { type Fate, FaultRules } from './rules.ts';
import { flipBits, splitSegment, subjectOf } from './subject.ts';
import type { AirTap, RadioEnv } from './types.ts';
import type { WpsOffer } from './wps.ts';

/** Signal level in dBm where neither levels nor positions are given: the same room. */
export const DEFAULT_LEVEL = -55;
/** Nothing weaker is heard (ESP8266EX datasheet: -91 dBm at 11 Mbit/s). */
export const SENSITIVITY = -91;
/** Log-distance path loss at 2.4 GHz: 40 dB over the first metre, then 30 dB a decade, as indoors. */
const LOSS_AT_1M = 40;
const LOSS_PER_DECADE = 30;
/** 300 m; nobody is farther away. */
const PROPAGATION = us(1);

/**
 * A frame under way: `depart` waits for its sender, `arrive` is on the air and reaches everybody at `at`, `deliver` is held up
 * by a fault rule on its way to one receiver.
 */
interface InFlight {
  at: Micros;
  readonly stage: 'depart' | 'arrive' | 'deliver';
  readonly frame: Uint8Array;
  readonly channel: number;
  readonly from: Antenna;
  /** Only of `deliver`. */
  readonly to: Antenna | undefined;
}

/** What fault rules have left behind on the way from one antenna to another. */
interface Path {
  /** A delayed frame is due then: nothing overtakes it. */
  lastDue: Micros;
  /** Frames held back until another one has passed. */
  held: InFlight[];
}

export class Medium implements Air {
  readonly env: RadioEnv;
  readonly rules: FaultRules;
  /** What the registrars of access points whose WPS button is pressed tell, see wps.ts. */
  readonly wps = new Map<MacAddress, WpsOffer>();
  /** Frames under way in order of time, and of sending at the same time. */
  readonly #queue: InFlight[] = [];
  readonly #timer: Timer;
  /** Channel -> when the frame (and acknowledgement) now on it ends. */
  readonly #busyUntil = new Map<number, Micros>();
  readonly #antennas = new Set<Antenna>();
  readonly #byMac = new Map<MacAddress, Antenna[]>();
  readonly #paths = new Map<Antenna, Map<Antenna, Path>>();
  readonly #taps = new Set<AirTap>();

  constructor(env: RadioEnv) {
    this.env = env;
    this.rules = new FaultRules(env.rng.fork('faults'));
    this.#timer = env.clock.timer('radio.medium', () => this.#advance());
  }

  /** Adds a capture; call the result to remove it. While one is attached every beacon is really sent. */
  tap(tap: AirTap): () => void {
    this.#taps.add(tap);
    this.audienceChanged();
    return () => this.#taps.delete(tap);
  }

  /** @internal */
  attach(antenna: Antenna): void {
    this.#antennas.add(antenna);
    const same = this.#byMac.get(antenna.mac);
    if (same === undefined) this.#byMac.set(antenna.mac, [antenna]);
    else same.push(antenna);
  }

  /** @internal Frames from it that are on the air already still arrive. */
  detach(antenna: Antenna): void {
    this.#antennas.delete(antenna);
    this.#paths.delete(antenna);
    for (const paths of this.#paths.values()) paths.delete(antenna);
    const rest = (this.#byMac.get(antenna.mac) ?? []).filter((other) => other !== antenna);
    if (rest.length > 0) this.#byMac.set(antenna.mac, rest);
    else this.#byMac.delete(antenna.mac);
  }

  /** @internal Whether a beacon on this channel would be seen by anybody who waits for one. */
  wantsBeacons(channel: number): boolean {
    if (this.#taps.size > 0) return true;
    for (const antenna of this.#antennas) if (antenna.scanChannel === channel) return true;
    return false;
  }

  /** @internal */
  audienceChanged(): void {
    for (const antenna of this.#antennas) if (antenna.beaconing) antenna.owner.onAudience();
  }

  /** @internal */
  surroundingsChanged(): void {
    for (const antenna of this.#antennas) antenna.owner.onSurroundings();
  }

  /** @internal Signal level in dBm between two antennas, either way. */
  level(a: Antenna, b: Antenna): number {
    const given = a.level ?? b.level;
    if (given !== undefined) return given;
    if (a.position === undefined || b.position === undefined) return DEFAULT_LEVEL;
    const distance = Math.hypot(a.position.x - b.position.x, a.position.y - b.position.y);
    return Math.round(a.txPower - LOSS_AT_1M - LOSS_PER_DECADE * Math.log10(Math.max(1, distance)));
  }

  /** @internal The antenna with this address, when `by` can hear it on the channel it works on. */
  audible(mac: MacAddress, by: Antenna): Antenna | undefined {
    return this.#byMac.get(mac)?.find((antenna) => by.hears(antenna.channel) && this.#reaches(antenna, by));
  }

  /** @internal See Antenna.send. */
  transmit(from: Antenna, frame: Uint8Array, channel: number, delay: Micros): void {
    const now = this.env.clock.now();
    const at = us(Math.max(now + delay, from.clock.now()));
    const flight: InFlight = { at, stage: 'depart', frame, channel, from, to: undefined };
    if (at > now) this.#enqueue(flight);
    else this.#depart(flight);
  }

  /** @internal A beacon: past the queue of the channel. */
  transmitBeacon(from: Antenna, frame: Uint8Array): void {
    const at = us(this.env.clock.now() + airtime(frame) + PROPAGATION);
    this.#enqueue({ at, stage: 'arrive', frame, channel: from.channel, from, to: undefined });
  }

  #enqueue(flight: InFlight): void {
    const queue = this.#queue;
    let index = queue.length;
    while (index > 0 && (queue[index - 1] as InFlight).at > flight.at) index--;
    queue.splice(index, 0, flight);
    if (index === 0) this.#timer.arm(us(flight.at - this.env.clock.now()));
  }

  #advance(): void {
    const now = this.env.clock.now();
    for (let head = this.#queue[0]; head !== undefined && head.at <= now; head = this.#queue[0]) {
      this.#queue.shift();
      if (head.stage === 'depart') this.#depart(head);
      else if (head.to === undefined) this.#arrive(head);
      else this.#deliver(head.from, head.to, head.frame, head.channel);
    }
    const next = this.#queue[0];
    if (next === undefined) this.#timer.cancel();
    else this.#timer.arm(us(next.at - now));
  }

  /** The frame gets the channel after those before it. */
  #depart({ frame, channel, from }: InFlight): void {
    const start = Math.max(this.env.clock.now(), this.#busyUntil.get(channel) ?? 0) + CHANNEL_ACCESS;
    const end = start + airtime(frame);
    this.#busyUntil.set(channel, us(end + acknowledgementTime(frame)));
    this.#enqueue({ at: us(end + PROPAGATION), stage: 'arrive', frame, channel, from, to: undefined });
  }

  #arrive({ frame, channel, from }: InFlight): void {
    const receiver = receiverOf(frame);
    const receivers = isGroupMac(receiver) ? this.#antennas : (this.#byMac.get(receiver) ?? []);
    if (this.#taps.size > 0) this.#capture(from, frame, channel, receiver);
    for (const to of [...receivers]) {
      if (to !== from && to.hears(channel) && this.#reaches(from, to)) this.#pass(from, to, frame, channel);
    }
  }

  /** A capture shows a frame as it was sent, at the level at which its one receiver hears it. */
  #capture(from: Antenna, frame: Uint8Array, channel: number, receiver: MacAddress): void {
    const to = this.#byMac.get(receiver)?.[0];
    const level = to === undefined ? (from.level ?? DEFAULT_LEVEL) : this.level(from, to);
    for (const tap of this.#taps) tap(this.env.clock.now(), frame, channel, level);
  }

  /** Through the fault rules to one receiver. */
  #pass(from: Antenna, to: Antenna, frame: Uint8Array, channel: number): void {
    if (this.rules.size === 0 && this.#paths.size === 0) {
      to.owner.onFrame(frame, this.level(from, to));
      return;
    }
    const now = this.env.clock.now();
    const fate = this.rules.judge(
      subjectOf(frame, to.mac, (sender) => this.#byMac.has(sender)),
      now,
    );
    if (fate.dropped) {
      if (this.env.trace.on)
        this.env.trace.emit('radio/rules', 'dropped', `${frame.length} bytes on channel ${channel}`);
      return;
    }
    const whole = fate.flippedBits.length > 0 ? flipBits(frame, fate.flippedBits) : frame;
    for (const bytes of fate.splitAt > 0 ? splitSegment(whole, fate.splitAt) : [whole])
      this.#send(from, to, bytes, channel, fate);
  }

  /** What has come through the rules, as late and as often as they say. */
  #send(from: Antenna, to: Antenna, bytes: Uint8Array, channel: number, fate: Fate): void {
    const now = this.env.clock.now();
    const path = this.#path(from, to);
    const flight = (at: number): InFlight => ({ at: us(at), stage: 'deliver', frame: bytes, channel, from, to });
    let at = now + fate.delay;
    if (fate.heldAtMost > 0) {
      at += fate.heldAtMost;
      const held = flight(at);
      path.held.push(held);
      this.#enqueue(held);
    } else {
      at = Math.max(at, path.lastDue);
      path.lastDue = us(at);
      if (at > now) this.#enqueue(flight(at));
      else this.#deliver(from, to, bytes, channel);
      this.#release(path, at);
    }
    for (const after of fate.copies) this.#enqueue(flight(at + after));
  }

  /** Lets go what was held back for a frame that passes at `at`. */
  #release(path: Path, at: number): void {
    for (const held of path.held) {
      const index = this.#queue.indexOf(held);
      if (index < 0 || held.at <= at) continue;
      this.#queue.splice(index, 1);
      held.at = us(at + 1);
      this.#enqueue(held);
    }
    path.held = [];
  }

  #path(from: Antenna, to: Antenna): Path {
    let paths = this.#paths.get(from);
    if (paths === undefined) {
      paths = new Map();
      this.#paths.set(from, paths);
    }
    let path = paths.get(to);
    if (path === undefined) {
      path = { lastDue: us(0), held: [] };
      paths.set(to, path);
    }
    return path;
  }

  #deliver(from: Antenna, to: Antenna, frame: Uint8Array, channel: number): void {
    if (to.hears(channel) && this.#antennas.has(to)) to.owner.onFrame(frame, this.level(from, to));
  }

  #reaches(from: Antenna, to: Antenna): boolean {
    return this.level(from, to) >= SENSITIVITY;
  }
}
