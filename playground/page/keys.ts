/** What the keyboard does, as a dialog. */
import { h } from './dom.ts';

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ['Ctrl+Enter', 'Run the file in the editor from power-on'],
  ['Ctrl+S', 'Put the file on the flash of the running device'],
  ['F6, Shift+F6', 'To the next part of the page, or the one before'],
  ['Escape, then Tab', 'Leave the editor; Tab alone indents'],
  ['Ctrl+Space', 'What may stand here; Ctrl+F finds'],
  ['Alt+Enter', 'In the editor: the frames that this line has sent'],
  ['F2, Delete', 'On the tab of a file: rename it, delete it'],
  ['Arrow keys', 'Choose tabs and frames, move borders and sliders'],
  ['Escape', 'Close a menu, a dialog, the chosen frame'],
];

export class Keys {
  readonly element: HTMLDialogElement = h(
    'dialog',
    { class: 'settings', 'aria-label': 'Keyboard' },
    h('h2', {}, 'Keyboard'),
    h(
      'dl',
      { class: 'keys' },
      ...KEYS.flatMap(([keys, meaning]) => [h('dt', {}, h('kbd', {}, keys)), h('dd', {}, meaning)]),
    ),
    h('form', { method: 'dialog', class: 'actions' }, h('button', { type: 'submit', class: 'quiet' }, 'Close')),
  );

  open(): void {
    this.element.showModal();
  }
}
