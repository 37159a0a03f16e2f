/**
 * A server of Node's own inside a test's world: `node:http`, Express, ws, whatever listens for 'connection'. Node moves
 * its bytes in turns of its event loop, so a world with such a server is waited for with `await`.
 */
import type { EventEmitter } from 'node:events';
import { runWithNode, StreamDuplex } from '../../bridge/host/index.ts';
import { us } from '../../runtime/index.ts';
import { inSeconds, micros, type Time, Unmet } from './unmet.ts';
import type { TestWorld } from './world.ts';

export interface NodeServerPlace {
  /** A name for the world's name server. */
  readonly name: string;
  /** An address of the LAN that nobody has; by default 192.168.1.30. */
  readonly ip?: string;
  /** By default 80. */
  readonly port?: number;
}

/** Gives the server an address in the world; it must not listen on this computer. */
export function placeServer(net: TestWorld, server: EventEmitter, place: NodeServerPlace): void {
  const { name, ip = '192.168.1.30', port = 80 } = place;
  net.host(name, ip).host.listen(port, (stream) => server.emit('connection', new StreamDuplex(stream)));
}

/** Lets virtual time pass until `done`, with turns for Node in between. */
export async function waitWithNode(net: TestWorld, done: () => boolean, within?: Time): Promise<void> {
  const limit = within === undefined ? net.patience : micros(within);
  if (done() || (await runWithNode(net.world, done, us(limit)))) return;
  throw new Unmet(`it did not happen within ${inSeconds(limit)}`, { timeout: true });
}
