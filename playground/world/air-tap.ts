/** What devices say to each other never reaches the switch: it is taken off the air, each frame once. */
import { emitEthernet, type MacAddress, parseIeee80211, type World } from '../../runtime/index.ts';

/** Hands over the Ethernet frames between two stations of an access point, and those of a device's own access point. */
export function tapAir(world: World, add: (at: number, frame: Uint8Array) => void): void {
  const isStation = (mac: MacAddress): boolean => world.devices.some(({ profile }) => profile.mac === mac);
  const isSoftAp = (mac: MacAddress): boolean => world.devices.some(({ profile }) => profile.apMac === mac);
  world.medium.tap((at, bytes) => {
    const parsed = parseIeee80211(bytes);
    if (!parsed.ok || parsed.value.type !== 'data') return;
    const { direction, bssid, da, sa, etherType, payload } = parsed.value;
    // At a soft access point: on the way in, and what it sends itself. At another: what it passes on.
    const wanted = isSoftAp(bssid)
      ? direction === 'to-ap' || !isStation(sa)
      : direction === 'from-ap' && isStation(sa) && isStation(da);
    if (wanted) add(at, emitEthernet({ dst: da, src: sa, etherType, payload }));
  });
}
