/** Events per second of the virtual clock with many timers armed, beside a sorted array doing the same. */
import { us, VirtualClock } from '../runtime/core/index.ts';
import { type Row, wallMs } from './row.ts';

const TIMERS = 10_000;
const EVENTS = 200_000;

export function clockBench(): Row[] {
  const heap = EVENTS / (wallMs(3, heapRun) / 1000);
  const sorted = EVENTS / (wallMs(3, sortedRun) / 1000);
  const versus = `sorted array ${Math.round(sorted / 1e3)} k/s, ${(heap / sorted).toFixed(1)}x`;
  return [{ name: `clock, ${TIMERS} timers armed`, value: heap, unit: 'events/s', versus }];
}

/** Periods that never settle into one order. */
const period = (i: number): number => 100 + ((i * 7919) % 900);

function heapRun(): void {
  const clock = new VirtualClock();
  for (let i = 0; i < TIMERS; i++) {
    const timer = clock.timer(`t${i}`, () => timer.arm(us(period(i))));
    timer.arm(us(period(i)));
  }
  for (let n = 0; n < EVENTS; n++) clock.step();
}

interface Entry {
  at: number;
  readonly id: number;
}

function sortedRun(): void {
  const list: Entry[] = [];
  const insert = (entry: Entry): void => {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((list[middle] as Entry).at <= entry.at) low = middle + 1;
      else high = middle;
    }
    list.splice(low, 0, entry);
  };
  for (let id = 0; id < TIMERS; id++) insert({ at: period(id), id });
  for (let n = 0; n < EVENTS; n++) {
    const entry = list.shift() as Entry;
    entry.at += period(entry.id);
    insert(entry);
  }
}
