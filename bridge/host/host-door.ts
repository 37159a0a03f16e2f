/** A world's door with this computer outside of it. */
import type { World } from '../../runtime/index.ts';
import { Door } from '../index.ts';
import { HostLines } from './host-lines.ts';
import type { LiveWorld } from './live.ts';

export class HostDoor {
  readonly door: Door;
  readonly lines: HostLines;
  /** To be set when the world begins to run: from then on it lets in what arrives. */
  live: LiveWorld | undefined;

  constructor(world: World) {
    this.lines = new HostLines({
      arrive: (line, arrival) => this.enter(() => this.door.arrive(line, arrival)),
      accept: (line, from, take) => this.enter(() => this.door.accept(line, from, take)),
    });
    this.door = new Door(world, this.lines);
  }

  /** Something real happens. Before the world runs, everything happens at its beginning. */
  enter(event: () => void): void {
    if (this.live === undefined) event();
    else this.live.enter(event);
  }
}
