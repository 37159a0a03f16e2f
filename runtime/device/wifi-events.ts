/** Wi-Fi events on their way to the program: dropped when nobody listens, else queued and delivered one per LOW task (wifi_eventmon.c). */
import type { Ipv4Address, MacAddress } from '../wire/index.ts';
import { PRIORITY, type TaskQueue } from './tasks.ts';

/** Event numbers of the SDK, as wifi.eventmon uses them. */
export const WIFI_EVENT = {
  STA_CONNECTED: 0,
  STA_DISCONNECTED: 1,
  STA_AUTHMODE_CHANGE: 2,
  STA_GOT_IP: 3,
  STA_DHCP_TIMEOUT: 4,
  AP_STACONNECTED: 5,
  AP_STADISCONNECTED: 6,
  AP_PROBEREQRECVED: 7,
  WIFI_MODE_CHANGED: 8,
  AP_DISTRIBUTE_STA_IP: 9,
  EVENT_MAX: 10,
} as const;

export type WifiEvent =
  | { readonly id: 0; readonly ssid: string; readonly bssid: MacAddress; readonly channel: number }
  | { readonly id: 1; readonly ssid: string; readonly bssid: MacAddress; readonly reason: number }
  | { readonly id: 2; readonly oldMode: number; readonly newMode: number }
  | { readonly id: 3; readonly ip: Ipv4Address; readonly netmask: Ipv4Address; readonly gateway: Ipv4Address }
  | { readonly id: 4 }
  | { readonly id: 5; readonly mac: MacAddress; readonly aid: number }
  | { readonly id: 6; readonly mac: MacAddress; readonly aid: number }
  | { readonly id: 7; readonly mac: MacAddress; readonly rssi: number }
  | { readonly id: 8; readonly oldMode: number; readonly newMode: number }
  | { readonly id: 9 };

export interface WifiListener {
  onWifiEvent(event: WifiEvent): void;
}

export class WifiEvents {
  readonly #tasks: TaskQueue;
  readonly #listeners = new Map<number, WifiListener>();
  #queue: WifiEvent[] = [];

  constructor(tasks: TaskQueue) {
    this.#tasks = tasks;
  }

  /** One listener per event number; EVENT_MAX hears what the firmware has no name for. Undefined removes it. */
  listen(id: number, listener: WifiListener | undefined): void {
    if (listener === undefined) this.#listeners.delete(id);
    else this.#listeners.set(id, listener);
  }

  listening(id: number): boolean {
    return this.#listeners.has(id);
  }

  /** Whether anybody listens to anything. */
  get anyone(): boolean {
    return this.#listeners.size > 0;
  }

  emit(event: WifiEvent): void {
    if (this.#listener(event) === undefined) return;
    this.#queue.push(event);
    if (this.#queue.length === 1) this.#post();
  }

  reset(): void {
    this.#listeners.clear();
    this.#queue = [];
  }

  #listener(event: WifiEvent): WifiListener | undefined {
    return this.#listeners.get(event.id === WIFI_EVENT.AP_DISTRIBUTE_STA_IP ? WIFI_EVENT.EVENT_MAX : event.id);
  }

  #post(): void {
    this.#tasks.post(PRIORITY.LOW, () => this.#deliver(), 'wifi');
  }

  #deliver(): void {
    const event = this.#queue.shift();
    if (event === undefined) return;
    if (this.#queue.length > 0) this.#post();
    this.#listener(event)?.onWifiEvent(event);
  }
}
