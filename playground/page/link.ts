/** The page's end of the worker: messages out, reports in, questions as promises. */
import type { FromWorld, Problem, ToWorld, Update, WebReply, WebRequest } from '../world/protocol.ts';
import { bridgeUrl } from './bridge-place.ts';

type Told = Exclude<FromWorld, { is: 'update' | 'fetched' | 'checked' | 'captured' }>;

export class Link {
  onUpdate: ((update: Update) => void) | undefined;
  onTold: ((message: Told) => void) | undefined;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (message: FromWorld) => void>();
  #lastId = 0;

  constructor() {
    this.#worker = new Worker(new URL('worker.js', document.baseURI), { type: 'module', name: 'world' });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorld>) => this.#take(data);
    this.#worker.onerror = (event) => this.onTold?.({ is: 'fault', message: event.message });
    if (bridgeUrl !== undefined) this.send({ is: 'bridge', url: bridgeUrl });
  }

  send(message: ToWorld): void {
    this.#worker.postMessage(message);
  }

  /** The answer of a server of the virtual network; throws an Error that says why there is none. */
  async fetch(request: WebRequest): Promise<WebReply> {
    const answer = await this.#ask((id) => ({ is: 'fetch', id, request }));
    if (answer.is !== 'fetched' || answer.reply === undefined)
      throw new Error(answer.is === 'fetched' ? answer.why : 'no answer');
    return answer.reply;
  }

  async check(name: string, source: string): Promise<Problem | undefined> {
    const answer = await this.#ask((id) => ({ is: 'check', id, name, source }));
    return answer.is === 'checked' ? answer.problem : undefined;
  }

  /** Every frame so far as a capture file. */
  async capture(): Promise<Uint8Array> {
    const answer = await this.#ask((id) => ({ is: 'capture', id }));
    return answer.is === 'captured' ? answer.bytes : new Uint8Array(0);
  }

  #ask(question: (id: number) => ToWorld): Promise<FromWorld> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.send(question(id));
    });
  }

  #take(message: FromWorld): void {
    switch (message.is) {
      case 'update':
        this.#draw(message);
        break;
      case 'fetched':
      case 'checked':
      case 'captured':
        this.#waiting.get(message.id)?.(message);
        this.#waiting.delete(message.id);
        break;
      default:
        this.onTold?.(message);
    }
  }

  /** Once per picture; a page in the background has none, and goes on more slowly. */
  #draw(update: Update): void {
    let drawn = false;
    const draw = (): void => {
      if (drawn) return;
      drawn = true;
      this.onUpdate?.(update);
      this.send({ is: 'drawn' });
    };
    requestAnimationFrame(draw);
    setTimeout(draw, 250);
  }
}
