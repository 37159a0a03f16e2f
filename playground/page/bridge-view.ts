/** What ties the world to this computer: a button in the bar that says whether it does, and all about it in a dialog. */
import type { BridgeFacts, FromWorld } from '../world/protocol.ts';
import { bridgeUrl } from './bridge-place.ts';
import { h, setText } from './dom.ts';
import type { Tone } from './notices.ts';

type Told = Extract<FromWorld, { is: 'bridge' | 'said' }>;

/** Lines that are kept. */
const MAX_LINES = 200;

const REACHES: Readonly<Record<BridgeFacts['gateway'], string>> = {
  none: 'Scripts reach nothing outside of their own network.',
  restricted: 'Scripts reach what mcubox play was told to allow, and nothing else.',
  open: 'Scripts reach the Internet, and this computer by the name host.mcubox.test.',
};

export class BridgeView {
  readonly button: HTMLButtonElement;
  readonly dialog: HTMLDialogElement;
  readonly #state = h('p', {}, 'No world has been tied to this computer yet.');
  readonly #facts = h('ul', {});
  readonly #lines = h('ol', { role: 'log', 'aria-label': 'What the bridge has said', tabindex: 0 });
  readonly #say: (text: string, tone: Tone) => void;

  /** `say` shows a notice. */
  constructor(say: (text: string, tone: Tone) => void) {
    this.#say = say;
    this.button = h(
      'button',
      {
        type: 'button',
        class: 'quiet bridge',
        hidden: bridgeUrl === undefined,
        onclick: () => this.dialog.showModal(),
      },
      'Bridge',
    );
    this.dialog = h(
      'dialog',
      { class: 'settings bridge-facts', 'aria-label': 'Bridge' },
      h('h2', {}, 'Bridge to this computer'),
      this.#state,
      this.#facts,
      this.#lines,
      h('form', { method: 'dialog', class: 'actions' }, h('button', { type: 'submit', class: 'quiet' }, 'Close')),
    );
  }

  take(message: Told): void {
    if (message.is === 'bridge') {
      this.#show(message.facts);
      return;
    }
    this.#lines.append(h('li', {}, message.line));
    while (this.#lines.children.length > MAX_LINES) this.#lines.firstChild?.remove();
    if (message.bad) this.#say(message.line, 'bad');
  }

  #show({ state, gateway, forwards, ports }: BridgeFacts): void {
    const open = state === 'open';
    setText(this.button, open ? 'Bridge' : 'Bridge lost');
    this.button.classList.toggle('lost', !open);
    this.button.title = open
      ? 'This world is tied to this computer'
      : 'This world is not tied to this computer any more';
    setText(
      this.#state,
      open
        ? 'This world is tied to the computer it runs on, and goes by the wall clock.'
        : 'This world is not tied to this computer. Run the script again to try anew.',
    );
    const facts = open
      ? [
          REACHES[gateway],
          ...forwards.map(
            ({ protocol, host, port, guest, guestPort }) =>
              `Port ${port} of this computer (${protocol}, ${host}) leads to port ${guestPort} of ${guest}.`,
          ),
          ...(ports === 0 ? [] : ['Others may join the network as --net says.']),
        ]
      : [];
    this.#facts.replaceChildren(...facts.map((fact) => h('li', {}, fact)));
  }
}
