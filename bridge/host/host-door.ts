/** A world's door with this computer outside of it, and a guard in between. */
import type { World } from '../../runtime/index.ts';
import { Door, type Entrance, Guard, type GuardSpec } from '../index.ts';
import { HostLines } from './host-lines.ts';
import type { LiveWorld } from './live.ts';

export class HostDoor {
  readonly door: Door;
  readonly lines: HostLines;
  /** To be set when the world begins to run: from then on it lets in what arrives. */
  live: LiveWorld | undefined;

  /** `say` gets lines for the user. */
  constructor(world: World, spec: GuardSpec, say: (line: string) => void) {
    const entrance: Entrance = {
      arrive: (line, arrival) => this.enter(() => this.door.arrive(line, arrival)),
      accept: (line, from, take) => this.enter(() => this.door.accept(line, from, take)),
    };
    const guard = new Guard(spec, { entrance, gateway: world.network.router, later: setImmediate, say });
    this.lines = new HostLines(guard);
    this.door = new Door(world, guard);
    guard.begin(this.lines);
  }

  /** Something real happens. Before the world runs, everything happens at its beginning. */
  enter(event: () => void): void {
    if (this.live === undefined) event();
    else this.live.enter(event);
  }
}
