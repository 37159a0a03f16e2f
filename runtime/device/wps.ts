/**
 * What the SDK does for wps: looks again and again for an access point whose button is pressed, asks it for the
 * credentials and saves them. It does not join. The library is closed; its steps and times are those of ESP-IDF's esp_wps.c.
 */
import { type Clock, ms, type Timer } from '../core/index.ts';
import { type Medium, type ScanResult, WPS_WALK_TIME, type WpsOffer } from '../radio/index.ts';
import type { StationConfig } from './profile.ts';

/** enum wps_cb_status of the SDK; the last one is the firmware's own number. */
export const WPS_STATUS = { SUCCESS: 0, FAILED: 1, TIMEOUT: 2, WEP: 3, SCAN_ERR: 4 } as const;

/** From a scan without a result to the next. */
const RESCAN = ms(100);
/** The exchange of eight messages with the registrar. */
const EXCHANGE = ms(1500);

export interface WpsStation {
  scan(options: { readonly showHidden: boolean }, done: (results: readonly ScanResult[]) => void): boolean;
  setStation(config: StationConfig, save: boolean): void;
  disconnect(): void;
}

export class Wps {
  readonly #station: WpsStation;
  #medium: Medium | undefined;
  #next: Timer | undefined;
  #deadline: Timer | undefined;
  #enabled = false;
  #offer: WpsOffer | undefined;
  #done: ((status: number) => void) | undefined;

  constructor(station: WpsStation) {
    this.#station = station;
  }

  boot(clock: Clock, medium: Medium | undefined): void {
    this.disable();
    this.#medium = medium;
    this.#next = clock.timer('wps', () => this.#step());
    this.#deadline = clock.timer('wps.deadline', () => this.#finish(WPS_STATUS.TIMEOUT));
  }

  /** wifi_wps_enable: the station leaves its network. */
  enable(): void {
    this.#station.disconnect();
    this.#enabled = true;
  }

  /** wifi_wps_disable: what was started ends without a word. */
  disable(): void {
    this.#enabled = false;
    this.#done = undefined;
    this.#offer = undefined;
    this.#next?.cancel();
    this.#deadline?.cancel();
  }

  /** wifi_wps_start; nothing happens unless it is enabled. */
  start(done: (status: number) => void): void {
    if (!this.#enabled) return;
    this.#done = done;
    this.#offer = undefined;
    this.#deadline?.arm(WPS_WALK_TIME);
    this.#next?.arm(ms(0));
  }

  #step(): void {
    if (this.#offer !== undefined) this.#conclude(this.#offer);
    else if (!this.#station.scan({ showHidden: true }, (results) => this.#scanned(results)))
      this.#finish(WPS_STATUS.SCAN_ERR);
  }

  #scanned(results: readonly ScanResult[]): void {
    if (this.#done === undefined) return;
    const pushed = results.filter((network) => network.wps === true);
    if (results.length === 0) this.#finish(WPS_STATUS.SCAN_ERR);
    // Two at a time: nobody can say which is meant (session overlap).
    else if (pushed.length > 1) this.#finish(WPS_STATUS.FAILED);
    else {
      this.#offer = pushed[0] === undefined ? undefined : this.#medium?.wps.get(pushed[0].bssid);
      this.#next?.arm(this.#offer === undefined ? RESCAN : EXCHANGE);
    }
  }

  #conclude({ ssid, password, outcome }: WpsOffer): void {
    if (outcome === 'silence') return;
    if (outcome === 'failed') this.#finish(WPS_STATUS.FAILED);
    else if (outcome === 'wep') this.#finish(WPS_STATUS.WEP);
    else {
      this.#station.setStation({ ssid, password }, true);
      this.#finish(WPS_STATUS.SUCCESS);
    }
  }

  #finish(status: number): void {
    const done = this.#done;
    this.#done = undefined;
    this.#offer = undefined;
    this.#next?.cancel();
    this.#deadline?.cancel();
    done?.(status);
  }
}
