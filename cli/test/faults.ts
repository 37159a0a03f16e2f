/** Faults that wait for their moment: what they are, the step that sets them up, and how they are told. */
import { us } from '../../runtime/index.ts';
import type { TestWorld } from '../testing/index.ts';
import { asTime } from './context.ts';
import { object, optional, text, time, whole } from './shape.ts';
import { type StepKind, step } from './step.ts';

/** Kinds that act on frames, with a filter in tcpdump's words. */
export const FRAME_FAULTS = ['drop', 'delay', 'duplicate', 'split'] as const;
export const FAULT_KINDS = [...FRAME_FAULTS, 'ap-down', 'restart'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Kinds by their names, or the first name that is none. */
export function faultKinds(text: string): readonly FaultKind[] | string {
  const names = text.split(',');
  return names.find((name) => !(FAULT_KINDS as readonly string[]).includes(name)) ?? (names as FaultKind[]);
}

/** Times are microseconds. */
export type Fault =
  | {
      readonly kind: (typeof FRAME_FAULTS)[number];
      readonly filter: string;
      /** Which of the frames that the filter means, from 1; undefined: each. */
      readonly nth: number | undefined;
      /** Of delay and duplicate: how much later. */
      readonly by: number | undefined;
      /** Of split: so much of a segment's payload comes first. */
      readonly bytes: number | undefined;
      /** What such a frame is called. */
      readonly noun: string;
    }
  | { readonly kind: 'ap-down'; readonly at: number; readonly lasts: number }
  | { readonly kind: 'restart'; readonly at: number; readonly device: string };

const filter = () => optional(text('a filter'));

const shape = object({
  drop: filter(),
  delay: filter(),
  duplicate: filter(),
  split: filter(),
  nth: optional(whole(1, 1_000_000)),
  by: optional(time()),
  bytes: optional(whole(1, 1459)),
  'ap-down': optional(time()),
  restart: optional(text("a device's name")),
  at: optional(time()),
});

/** So late a delayed frame or a copy comes unless the step says otherwise. */
const LATER = 100_000;

export const FAULT_STEP: Readonly<Record<string, StepKind>> = {
  fault: step(
    'Something that will go wrong: with frames of the air that a filter means (drop, delay, duplicate, split; nth: only the n-th), or at a time since the start (ap-down, restart).',
    shape,
    (value, { net }) => {
      const kinds = FAULT_KINDS.filter((kind) => value[kind] !== undefined);
      const [kind] = kinds;
      if (kind === undefined || kinds.length > 1) throw new TypeError(`fault: write one of ${FAULT_KINDS.join(', ')}`);
      const { nth, by, bytes, at = 0 } = value;
      if (kind === 'ap-down') apply({ kind, at, lasts: value[kind] ?? 0 }, net);
      else if (kind === 'restart') apply({ kind, at, device: value[kind] ?? '' }, net);
      else apply({ kind, filter: value[kind] ?? '', nth, by, bytes, noun: 'frame' }, net);
    },
  ),
};

/** Sets a fault up; `told` is called each time it acts, with the time. */
export function apply(fault: Fault, net: TestWorld, told: (at: number) => void = () => {}): void {
  const { clock } = net.world;
  const later = (at: number, action: () => void): void =>
    clock.timer('fault', action).arm(us(Math.max(0, at - clock.now())));
  if (fault.kind === 'ap-down') {
    later(fault.at, () => {
      told(clock.now());
      for (const ap of net.world.accessPoints) ap.setUp(false);
    });
    later(fault.at + fault.lasts, () => {
      for (const ap of net.world.accessPoints) ap.setUp(true);
    });
  } else if (fault.kind === 'restart') {
    if (!net.devices.some(({ name }) => name === fault.device))
      throw new TypeError(`no device is called '${fault.device}'`);
    later(fault.at, () => {
      told(clock.now());
      net.devices.find(({ name }) => name === fault.device)?.restart();
    });
  } else {
    const { kind, nth, by = LATER, bytes = 1 } = fault;
    net.fault({
      effect: kind,
      match: { frame: net.filter(fault.filter) },
      time: us(by),
      bytes,
      ...(nth === undefined ? {} : { skip: nth - 1, limit: 1 }),
      onHit: told,
    });
  }
}

/** The step that does it, as a line of YAML. */
export function stepOf(fault: Fault): string {
  if (fault.kind === 'ap-down') return `- fault: { ap-down: ${asText(fault.lasts)}, at: ${asText(fault.at)} }`;
  if (fault.kind === 'restart') return `- fault: { restart: ${fault.device}, at: ${asText(fault.at)} }`;
  const { kind, filter: words, nth, by, bytes } = fault;
  const more = [
    ...(nth === undefined ? [] : [`nth: ${nth}`]),
    ...(by === undefined ? [] : [`by: ${asText(by)}`]),
    ...(bytes === undefined ? [] : [`bytes: ${bytes}`]),
  ];
  return `- fault: { ${[`${kind}: ${words}`, ...more].join(', ')} }`;
}

/** `drop the third SYN-ACK at 4.210 s`; `at` is when it acted, if it did. */
export function sentenceOf(fault: Fault, at: number | undefined): string {
  const when = at === undefined ? '' : ` at ${(at / 1e6).toFixed(3)} s`;
  if (fault.kind === 'ap-down') return `take the access point down for ${asText(fault.lasts)}${when}`;
  if (fault.kind === 'restart') return `restart ${fault.device}${when}`;
  const { kind, noun, nth, by = LATER, bytes = 1 } = fault;
  const which = nth === undefined ? `every ${noun}` : `the ${ordinal(nth)} ${noun}`;
  if (kind === 'delay') return `delay ${which} by ${asText(by)}${when}`;
  if (kind === 'split') return `split ${which} after ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}${when}`;
  return `${kind} ${which}${when}`;
}

/** `4.21s`, as a scenario takes it. */
const asText = (micros: number): string =>
  micros % 1000 !== 0 ? asTime(micros) : micros < 1_000_000 ? `${micros / 1000}ms` : `${micros / 1_000_000}s`;

const FIRST = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

function ordinal(n: number): string {
  const ends: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' };
  return FIRST[n - 1] ?? `${n}${(n % 100 < 11 || n % 100 > 13) && ends[n % 10] !== undefined ? ends[n % 10] : 'th'}`;
}
