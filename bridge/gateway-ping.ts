/** The gateway's ICMP echo: sent on by this computer's own ping program where there is one, answered here where not. */
import { formatIpv4, type Ping, type Wan } from '../runtime/index.ts';
import { type GatewayEnv, refusal } from './gateway-env.ts';

/** Pings under way at a time; more get no answer. */
const MAX_PINGS = 8;

export class GatewayPing {
  readonly #env: GatewayEnv;
  readonly #wan: Wan;
  readonly #say: (line: string) => void;
  #way: 'host' | 'gateway' | undefined;
  #running = 0;

  constructor(env: GatewayEnv, wan: Wan, say: (line: string) => void) {
    this.#env = env;
    this.#wan = wan;
    this.#say = say;
  }

  ping(ping: Ping): void {
    const [from, host] = [formatIpv4(ping.from), formatIpv4(ping.to)];
    if (this.#running >= MAX_PINGS) return;
    this.#running++;
    this.#env.door.open({ do: 'ping', host }, (arrival) => {
      this.#running--;
      if (arrival.is === 'denied') this.#env.complaints.tell(`ping ${from} -> ${host}`, refusal(arrival));
      if (arrival.is === 'closed') this.#answerHere(ping, arrival.error ?? '');
      if (arrival.is !== 'found') return;
      if (this.#way === undefined) this.#say("ping goes out through this computer's ping program");
      this.#way = 'host';
      if (arrival.addresses.length > 0) this.#wan.pong(ping);
    });
  }

  #answerHere(ping: Ping, error: string): void {
    if (this.#way !== 'gateway')
      this.#say(
        `ping is answered by the gateway for every address: this computer's ping program does not work (${error})`,
      );
    this.#way = 'gateway';
    this.#wan.pong(ping);
  }
}
