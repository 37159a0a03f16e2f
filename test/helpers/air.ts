/** A small world of the air for tests: one clock, one medium, an access point with a plain wired side, stations. */
import { ms, Rng, SILENT, seconds, VirtualClock } from '../../runtime/core/index.ts';
import {
  AccessPoint,
  type AccessPointOptions,
  type JoinOptions,
  Medium,
  type ScanResult,
  Station,
} from '../../runtime/radio/index.ts';
import { ETHERTYPE_IPV4, emitEthernet, type MacAddress, parseMac } from '../../runtime/wire/index.ts';

export const mac = (text: string): MacAddress => {
  const parsed = parseMac(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

export const AP = mac('02:00:00:00:01:00');
export const STA = mac('5c:cf:7f:12:34:56');
export const OTHER = mac('5c:cf:7f:12:34:57');
export const HOST = mac('02:00:00:00:00:01');

export interface Told {
  readonly at: number;
  readonly what: string;
}

/** A station and all that it told. */
export class Probe {
  readonly station: Station;
  readonly told: string[] = [];
  readonly frames: Uint8Array[] = [];
  readonly times: number[] = [];
  scanned: readonly ScanResult[] | undefined;

  constructor(air: Air, address: MacAddress) {
    this.station = new Station(air.medium, { mac: address });
    this.station.handlers = {
      onJoined: ({ ssid, channel }) => this.#note(air, `joined ${ssid} ${channel}`),
      onLost: (reason) => this.#note(air, `lost ${reason}`),
      onScanDone: (results) => {
        this.scanned = results;
      },
    };
    this.station.attach({
      onFrame: (frame) => this.frames.push(frame),
      onLinkChange: (up) => this.told.push(up ? 'link up' : 'link down'),
    });
  }

  #note(air: Air, what: string): void {
    this.told.push(what);
    this.times.push(air.clock.now());
  }
}

export class Air {
  readonly clock = new VirtualClock();
  readonly medium: Medium;

  constructor(seed = 1) {
    this.medium = new Medium({ clock: this.clock, rng: new Rng(seed), trace: SILENT });
  }

  ap(options: Partial<AccessPointOptions> = {}): AccessPoint & { wiredFrames: Uint8Array[] } {
    const ap = new AccessPoint(this.medium, { ssid: 'home', bssid: AP, channel: 6, ...options });
    const wiredFrames: Uint8Array[] = [];
    ap.wired.attach({ onFrame: (frame) => wiredFrames.push(frame), onLinkChange: () => {} });
    return Object.assign(ap, { wiredFrames });
  }

  station(address = STA): Probe {
    return new Probe(this, address);
  }

  run(s: number): void {
    this.clock.runUntil((this.clock.now() + seconds(s)) as never);
  }

  /** A station that has joined, or tried for three seconds. */
  joined(options: JoinOptions = { ssid: 'home' }, address = STA): Probe {
    const probe = this.station(address);
    probe.station.join(options);
    this.run(3);
    return probe;
  }
}

/** A frame that looks like IPv4 to the air, with a recognisable payload. */
export const ethernet = (dst: MacAddress, src: MacAddress, n: number, length = 20): Uint8Array =>
  emitEthernet({ dst, src, etherType: ETHERTYPE_IPV4, payload: new Uint8Array(length).fill(n) });

/** The numbers that `ethernet` put into these frames. */
export const numbers = (frames: readonly Uint8Array[]): number[] =>
  frames.map((frame) => frame[frame.length - 1] ?? -1);

export { ms };
