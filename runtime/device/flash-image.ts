/** Everything that a device keeps in flash, to put away and to give back: files, start-up settings, Wi-Fi settings. */
import type { Device } from './device.ts';
import type { SoftApConfig } from './soft-ap.ts';
import type { StartupSettings } from './types.ts';
import type { SavedWifi } from './wifi.ts';

/** The settings beside the files: plain data. */
export interface FlashSettings {
  readonly startup: StartupSettings;
  readonly wifi: SavedWifi;
  readonly softAp: SoftApConfig | undefined;
}

export interface FlashImage {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly settings: FlashSettings;
  /** Of the Lua Flash Store. */
  readonly lfs?: Uint8Array | undefined;
}

export const flashSettings = ({ startup, wifi }: Device): FlashSettings => ({
  startup: { ...startup },
  wifi: { ...wifi.saved },
  softAp: wifi.softAp.saved,
});

export const flashImage = (device: Device): FlashImage => ({
  files: device.flash.export(),
  settings: flashSettings(device),
  lfs: device.lfs.image,
});

/** Takes effect at the next boot. False when the files do not fit; what fits is there then. */
export function setFlashImage(device: Device, { files, settings, lfs }: FlashImage): boolean {
  Object.assign(device.startup, settings.startup);
  Object.assign(device.wifi.saved, settings.wifi);
  device.wifi.softAp.saved = settings.softAp;
  if (lfs !== undefined) device.lfs.restore(lfs);
  return device.flash.import(files);
}
