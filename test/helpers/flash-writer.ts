/**
 * A process that writes a device's flash to a file without pause, until it is killed: the file is its argument, and the
 * first write is told. Only the parts of a device that have to do with flash, so that a hundred processes start soon.
 */
import { FlashStore, restoreFlash } from '../../cli/flash-store.ts';
import { FlashFs } from '../../runtime/device/flash-fs.ts';
import { LfsRegion } from '../../runtime/device/lfs.ts';
import type { Device } from '../../runtime/index.ts';

const path = process.argv[2] as string;
const device = {
  flash: new FlashFs({ address: 0, bytes: 0x100000 }),
  lfs: new LfsRegion(0, 0, '5.1'),
  startup: { banner: true },
  wifi: { saved: {}, softAp: { saved: undefined } },
} as unknown as Device;
restoreFlash(path, false, device, []);
const text = (content: string): Uint8Array => new Uint8Array(Buffer.from(content));
let n = Number(Buffer.from(device.flash.read('n') ?? []).toString());
const store = new FlashStore(path, device, () => {});
for (let first = true; ; first = false) {
  n++;
  // Both files always hold the same generation of 40 KB.
  device.flash.put('big', text(`${n}`.padStart(7, '0').concat(' ').repeat(5000)));
  device.flash.put('n', text(`${n}`));
  store.close();
  if (first) process.stdout.write('written\n');
}
