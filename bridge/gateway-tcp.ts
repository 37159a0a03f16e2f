/** The gateway's TCP: each connection of the LAN is a socket here. Its SYN is answered once that socket is connected. */
import { type ConnectionOffer, formatIpv4 } from '../runtime/index.ts';
import { isLast, type Line } from './door.ts';
import { flowName } from './flow-name.ts';
import { type GatewayEnv, refusal } from './gateway-env.ts';
import { Splice } from './splice.ts';

/** Connections at a time; more are refused. */
const MAX_CONNECTIONS = 512;

/** What a peer that is there, but does not want, answers with; everything else is silence, as from an address nobody has. */
const REFUSALS: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

export class GatewayTcp {
  readonly #env: GatewayEnv;
  #connections = 0;

  constructor(env: GatewayEnv) {
    this.#env = env;
  }

  connection(offer: ConnectionOffer): void {
    const { door, complaints } = this.#env;
    const { from, to } = offer;
    const whom = flowName('tcp', from, to);
    if (this.#connections >= MAX_CONNECTIONS) {
      complaints.tell(whom, `refused, ${MAX_CONNECTIONS} connections are open`);
      offer.refuse();
      return;
    }
    this.#connections++;
    const line = door.open({ do: 'connect', to: { host: formatIpv4(to.addr), port: to.port } }, (arrival) => {
      if (arrival.is === 'open') this.#open(offer, line);
      if (isLast(arrival)) this.#connections--;
      if (arrival.is === 'denied') {
        complaints.tell(whom, refusal(arrival));
        offer.refuse();
      }
      if (arrival.is !== 'closed') return;
      const error = arrival.error ?? 'ECONNRESET';
      if (REFUSALS.has(error)) offer.refuse();
      else {
        complaints.tell(whom, `not reached, ${error}`);
        offer.ignore();
      }
    });
  }

  #open(offer: ConnectionOffer, line: Line): void {
    let ended = false;
    const done = (): void => {
      if (!ended) this.#connections--;
      ended = true;
    };
    // Until the device has answered, the end of the line is the end of the offer.
    line.onArrival = (arrival) => {
      if (arrival.is === 'closed') done();
    };
    offer.accept((stream) => {
      if (stream === undefined || ended) {
        line.order({ do: 'reset' });
        stream?.destroy();
        done();
        return;
      }
      new Splice(stream, line, done);
    });
  }
}
