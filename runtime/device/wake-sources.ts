/** What may still wake a program: by itself, or only if somebody outside does something. */
import type { Stack } from '../stack/index.ts';
import type { OsTimers } from './os-timers.ts';
import type { WakeSources } from './types.ts';
import type { Wifi } from './wifi.ts';

export interface Wakers {
  readonly timers: OsTimers;
  /** A task waits or runs. */
  readonly isBusy: boolean;
  readonly isResetting: boolean;
  readonly isBooting: boolean;
  /** The script never returned, and its run was ended. */
  readonly isHung: boolean;
  /** What attached parts will still do. */
  readonly parts: readonly string[];
  readonly stack: Stack | undefined;
  readonly wifi: Wifi;
}

export function wakeSources({ timers, parts, stack, wifi, ...is }: Wakers): WakeSources {
  const finite: string[] = [];
  const endless: string[] = [];
  for (const timer of timers.armed) (timer.repeating ? endless : finite).push(`timer ${timer.label}`);
  if (is.isBusy && !is.isHung) finite.push('task');
  if (is.isResetting) finite.push('reset');
  if (is.isBooting) finite.push('boot');
  if (is.isHung) endless.push('a script that does not return');
  finite.push(...parts);
  for (const name of stack?.wakeSources() ?? []) (/^tcp LISTEN|^udp /.test(name) ? endless : finite).push(name);
  if (wifi.softAp.listenedTo) endless.push('wifi softap');
  if (wifi.pending !== undefined && wifi.events.anyone)
    (wifi.pending === 'retrying' ? endless : finite).push(`wifi ${wifi.pending}`);
  return { finite, endless };
}
