/**
 * How the cost of a world grows with the devices in it: every broadcast reaches all of them. Run as a script it is the process
 * that is measured: `node --import tsx bench/crowd.ts COUNT`. The table measures it bundled.
 */
import { fileURLToPath } from 'node:url';
import { fromLatin1, ipv4, seconds, us } from '../runtime/index.ts';
import { IPV4_BROADCAST } from '../runtime/wire/index.ts';
import { runBundled } from './bundled.ts';
import { crowd, settled } from './device.ts';
import type { Row } from './row.ts';

const HERE = fileURLToPath(import.meta.url);
const FEW = 100;
const MANY = 1000;
const DATAGRAMS = 1000;
const PORT = 5000;
/** Between two datagrams: longer than one of them takes on the air. */
const PAUSE_US = 5000;

interface Measured {
  /** Wall time of joining, per device. */
  readonly joinMs: number;
  /** Wall time of a broadcast datagram that no program waits for, per device that hears it. */
  readonly overhearUs: number;
}

function measure(count: number): Measured {
  let start = performance.now();
  const world = crowd(count);
  world.runFor(seconds(settled(count)));
  const joinMs = (performance.now() - start) / count;
  const { length } = world.devices.filter((device) => device.stack.netifs[0]?.usable);
  if (length !== count) throw new Error(`${length} of ${count} devices have joined`);
  const socket = world.addHost('crier.test', ipv4(10, 0, 0, 99)).udp(PORT);
  start = performance.now();
  for (let i = 0; i < DATAGRAMS; i++) {
    socket.send(fromLatin1('hear'), IPV4_BROADCAST, PORT);
    world.runFor(us(PAUSE_US));
  }
  return { joinMs, overhearUs: ((performance.now() - start) * 1000) / DATAGRAMS / count };
}

export function crowdBench(): Row[] {
  const [few, many] = [FEW, MANY].map((count) => runBundled(HERE, String(count)) as Measured) as [Measured, Measured];
  const grown = (a: number, b: number): string => `with ${FEW} devices ${a.toFixed(2)}, ${(b / a).toFixed(1)}x`;
  return [
    { name: `join, each of ${MANY} devices`, value: many.joinMs, unit: 'ms', versus: grown(few.joinMs, many.joinMs) },
    {
      name: `overhear a broadcast, each of ${MANY} devices`,
      value: many.overhearUs,
      unit: 'us',
      versus: grown(few.overhearUs, many.overhearUs),
    },
  ];
}

if (process.argv[1] === HERE) console.log(JSON.stringify(measure(Number(process.argv[2]))));
