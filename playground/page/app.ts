/** The page as a whole: holds the project, tells the worker, and hands what comes back to the panes. */
import type { FlatFile, FromWorld, Update } from '../world/protocol.ts';
import { AirView } from './air-view.ts';
import { BoardView } from './board-view.ts';
import { BridgeView } from './bridge-view.ts';
import { BrowserView } from './browser-view.ts';
import { ConsoleView } from './console-view.ts';
import { DeviceTabs } from './device-tabs.ts';
import { download, h } from './dom.ts';
import { Editor } from './editor.ts';
import { Embed } from './embed.ts';
import { type Example, exampleProject } from './examples.ts';
import { FilesBar } from './files-bar.ts';
import { Keys } from './keys.ts';
import { Layout } from './layout.ts';
import { Link } from './link.ts';
import { NetworkView } from './network-view.ts';
import { Notices, type Tone } from './notices.ts';
import { nextPart } from './parts.ts';
import { bytesOf, emptyDevice, MOST_DEVICES, newProject, type Project, textOf, worldSpec } from './project.ts';
import { Settings } from './settings.ts';
import { fragmentOf } from './share.ts';
import { keep } from './store.ts';
import { Toolbar } from './toolbar.ts';

export class App {
  readonly element = h('div', { class: 'app' });
  readonly #link = new Link();
  readonly #console = new ConsoleView();
  readonly #notices = new Notices();
  readonly #bridge = new BridgeView((text, tone) => this.say(text, tone));
  readonly #toolbar: Toolbar;
  readonly #devices: DeviceTabs;
  readonly #files: FilesBar;
  readonly #editor: Editor;
  readonly #board: BoardView;
  readonly #browser: BrowserView;
  readonly #air: AirView;
  readonly #network: NetworkView;
  readonly #layout: Layout;
  readonly #settings: Settings;
  readonly #keys = new Keys();
  readonly #embed: Embed;
  #project: Project = newProject();
  #examples: readonly Example[] = [];
  #api: Extract<FromWorld, { is: 'ready' }>['api'] = [];
  /** The device whose files, console and board are shown. */
  #shown = 0;
  #paused = false;
  /** Files that the devices have written, by device. */
  #written: Map<string, FlatFile>[] = [];
  /** Lines that have sent frames: `esp1 init.lua:12`. */
  readonly #sent = new Set<string>();
  #isEmbedded = false;

  constructor() {
    this.#toolbar = new Toolbar({
      run: () => this.run(),
      pause: () => this.#link.send({ is: 'pause', paused: !this.#paused }),
      step: (us) => this.#step(us),
      reset: () => this.#link.send({ is: 'reset', device: this.#shown }),
      speed: (rate) => this.setSpeed(rate),
      example: (name) => this.load(exampleProject(this.#examples, name), false),
      share: () => void this.#share(),
      settings: () => this.#settings.open(this.#project),
      keys: () => this.#keys.open(),
      bridge: this.#bridge.button,
    });
    this.#devices = new DeviceTabs({
      show: (i) => this.#showDevice(i),
      add: () => this.#addDevice(),
      remove: (i) => this.#removeDevice(i),
    });
    this.#files = new FilesBar({
      open: (name) => this.#open(name),
      add: (name) => this.#changeFiles((files) => [...files, { name, bytes: bytesOf('') }], name),
      rename: (from, to) =>
        this.#changeFiles((files) => files.map((file) => (file.name === from ? { ...file, name: to } : file)), to),
      remove: (name) => this.#changeFiles((files) => files.filter((file) => file.name !== name)),
    });
    const code = h('div', { class: 'code' });
    this.#editor = new Editor(code, {
      changed: (text) => this.#edited(text),
      check: (text) => this.#link.check(this.#device.active, text),
      api: () => this.#api,
      framesOf: (line) => this.#network.showOnly(this.#device.name, `${this.#device.active}:${line}`),
    });
    this.#board = new BoardView({
      hold: (pin, level) => this.#link.send({ is: 'pin', device: this.#shown, pin, level }),
      setParts: (parts) => this.#setParts(parts),
    });
    this.#browser = new BrowserView({ fetch: (request) => this.#link.fetch(request) });
    this.#air = new AirView({
      changed: (air) => {
        this.#project.air = air;
        this.#link.send({ is: 'air', air });
        this.#changed();
      },
      deauth: () => this.#link.send({ is: 'deauth' }),
    });
    this.#network = new NetworkView({
      download: () => void this.#downloadCapture(),
      showLine: (device, place) => this.#showLine(device, place),
    });
    this.#settings = new Settings((change) => {
      Object.assign(this.#project, change);
      this.#changed();
      this.run();
    });
    this.#console.onTyped = (device, bytes) => this.#link.send({ is: 'type', device, bytes });
    this.#embed = new Embed({
      run: (files, speed, untilUs) => this.#runFiles(files, speed, untilUs),
      type: (bytes) => this.#link.send({ is: 'type', device: 0, bytes }),
    });
    this.#layout = new Layout({
      code: h('section', { class: 'editor', 'aria-label': 'Editor' }, this.#devices.element, this.#files.element, code),
      console: this.#console.element,
      side: [
        { name: 'Browser', element: this.#browser.element },
        { name: 'Board', element: this.#board.element },
        { name: 'Air', element: this.#air.element },
      ],
      network: this.#network.element,
    });
    this.element.append(
      this.#toolbar.element,
      this.#layout.element,
      this.#notices.element,
      this.#settings.element,
      this.#keys.element,
      this.#bridge.dialog,
    );
    this.#link.onTold = (message) => this.#told(message);
    this.#link.onUpdate = (update) => this.#draw(update);
    addEventListener('keydown', (event) => this.#onKey(event));
  }

  setExamples(examples: readonly Example[]): void {
    this.#examples = examples;
    this.#toolbar.setExamples(examples);
  }

  /** A project takes the place of the one that is there, and runs. */
  load(project: Project, embedded: boolean): void {
    this.#project = project;
    this.#isEmbedded = embedded;
    this.element.classList.toggle('embedded', embedded);
    this.#shown = 0;
    this.#editor.forget();
    this.#air.show(project.air);
    this.setSpeed(project.speed);
    this.#changed();
    this.run();
    if (embedded) this.#embed.ready();
  }

  /** Files from outside take the places of those with their names. */
  addFiles(files: readonly FlatFile[]): void {
    const names = new Set(files.map(({ name }) => name));
    this.#changeFiles((old) => [...old.filter(({ name }) => !names.has(name)), ...files], files[0]?.name);
  }

  say(text: string, tone: Tone): void {
    this.#notices.say(text, tone);
  }

  /** From power-on, with the files as they stand in the editor. */
  run(untilUs?: number): void {
    this.#written = this.#project.devices.map(() => new Map());
    this.#editor.ranInto('', undefined);
    this.#sent.clear();
    this.#console.restart(this.#project.devices.length);
    this.#network.restart();
    this.#browser.restart();
    this.#showDevice(Math.min(this.#shown, this.#project.devices.length - 1));
    this.#link.send({ is: 'start', spec: worldSpec(this.#project, untilUs), paused: false });
    this.#notices.tell(`Running ${this.#device.active} on ${this.#device.name}`);
  }

  setSpeed(wanted: number): void {
    const rate = this.#toolbar.setSpeed(wanted);
    this.#project.speed = rate;
    this.#link.send({ is: 'speed', rate: rate === 0 ? Number.POSITIVE_INFINITY : rate });
    this.#changed();
  }

  get #device() {
    return this.#project.devices[this.#shown] ?? (this.#project.devices[0] as Project['devices'][number]);
  }

  #told(message: Exclude<FromWorld, { is: 'update' | 'fetched' | 'checked' | 'captured' }>): void {
    if (message.is === 'ready') this.#api = message.api;
    else if (message.is === 'started') {
      this.#network.names.clear();
      for (const [address, name] of message.names) this.#network.names.set(address, name);
    } else if (message.is === 'fault') this.say(message.message, 'bad');
    else this.#bridge.take(message);
  }

  #draw(update: Update): void {
    if (update.paused !== this.#paused) this.#notices.tell(update.paused ? 'Paused' : 'Running');
    this.#paused = update.paused;
    this.#toolbar.draw(update.now, update.paused, update.rate);
    this.#devices.draw(update.devices);
    for (const [i, device] of update.devices.entries()) {
      this.#console.write(i, device.console, device.skipped);
      for (const [address, name] of device.addresses) this.#network.names.set(address, name);
      for (const trouble of device.troubles) this.#trouble(i, trouble);
      for (const file of device.files ?? []) this.#written[i]?.set(file.name, file);
      if (device.files !== undefined && i === this.#shown) this.#showFiles();
    }
    const shown = update.devices[this.#shown];
    if (shown !== undefined) this.#board.draw(shown);
    this.#browser.suggest(shown?.ip);
    this.#network.add(update.frames, update.frameCount);
    this.#noteLines(update.frames);
    this.#embed.update(update, this.#isEmbedded);
  }

  /** Shows an error at its line, if it names one of this device's files. */
  #trouble(device: number, { kind, message }: Update['devices'][number]['troubles'][number]): void {
    if (kind === 'watchdog')
      this.say('The watchdog reset the device: the script kept the CPU for more than 3.2 s without a pause.', 'bad');
    if (kind === 'error' || kind === 'panic' || kind === 'exception')
      this.#notices.warn(`Error on ${this.#project.devices[device]?.name}: ${message}`);
    const place = /^(?:@)?([^\s:]+):(\d+): ([^\n]*)/.exec(message);
    if (place === null || device !== this.#shown || kind === 'note') return;
    const [, file = '', line, text = ''] = place;
    this.#editor.ranInto(this.#key(file), { line: Number(line), message: text });
  }

  #key(name: string): string {
    return `${this.#shown}/${name}`;
  }

  #showDevice(index: number): void {
    this.#shown = index;
    this.#devices.show(
      this.#project.devices.map(({ name }) => name),
      index,
      MOST_DEVICES,
    );
    this.#console.show(index);
    this.#board.setParts(this.#device.parts);
    this.#showFiles();
    this.#open(this.#device.active);
  }

  #showFiles(): void {
    const own = this.#device.files.map(({ name }) => ({ name, written: false }));
    const written = [...(this.#written[this.#shown]?.keys() ?? [])].filter(
      (name) => !own.some((file) => file.name === name),
    );
    this.#files.show([...own, ...written.map((name) => ({ name, written: true }))], this.#device.active);
  }

  #open(name: string): void {
    const device = this.#device;
    const own = device.files.find((file) => file.name === name);
    const file = own ?? this.#written[this.#shown]?.get(name) ?? device.files[0];
    if (file === undefined) return;
    device.active = file.name;
    const text = textOf(file.bytes);
    this.#editor.show(
      this.#key(file.name),
      text ?? `(${file.bytes.length.toLocaleString('en')} bytes that are no text)`,
      {
        lua: file.name.endsWith('.lua'),
        readOnly: own === undefined || text === undefined,
      },
    );
    this.#markLines();
    this.#showFiles();
  }

  #edited(text: string): void {
    const device = this.#device;
    if (!device.files.some(({ name }) => name === device.active)) return;
    device.files = device.files.map((file) => (file.name === device.active ? { ...file, bytes: bytesOf(text) } : file));
    this.#changed();
  }

  #changeFiles(change: (files: readonly FlatFile[]) => FlatFile[], open?: string): void {
    this.#device.files = change(this.#device.files);
    this.#changed();
    this.#open(open ?? this.#device.files[0]?.name ?? '');
    this.#editor.focus();
  }

  #addDevice(): void {
    const used = this.#project.devices.map(({ name }) => name);
    const n = Array.from({ length: MOST_DEVICES }, (_, i) => i + 1).find((i) => !used.includes(`esp${i}`)) ?? 1;
    this.#project.devices.push(emptyDevice(`esp${n}`));
    this.#changed();
    this.#shown = this.#project.devices.length - 1;
    this.run();
  }

  #removeDevice(index: number): void {
    if (this.#project.devices.length < 2) return;
    this.#project.devices.splice(index, 1);
    this.#editor.forget();
    this.#changed();
    this.#shown = 0;
    this.run();
  }

  #setParts(parts: readonly string[]): void {
    this.#device.parts = [...parts];
    this.#changed();
    this.run();
  }

  #step(us: number): void {
    if (!this.#paused) this.#link.send({ is: 'pause', paused: true });
    this.#link.send({ is: 'step', us });
  }

  /** What another page wants to be run. */
  #runFiles(files: readonly FlatFile[] | undefined, speed: number | undefined, untilUs: number | undefined): void {
    if (speed !== undefined) this.setSpeed(speed);
    if (files !== undefined && files.length > 0) {
      const active = files.find(({ name }) => name === 'init.lua') ?? files[0];
      this.#project.devices = [{ ...emptyDevice('esp1'), files: [...files], active: active?.name ?? '' }];
      this.#editor.forget();
      this.#shown = 0;
    }
    this.run(untilUs);
  }

  async #share(): Promise<void> {
    const url = new URL(location.href);
    url.search = '';
    url.hash = await fragmentOf(this.#project);
    history.replaceState(undefined, '', url);
    try {
      await navigator.clipboard.writeText(url.href);
      this.say(`The link is copied: ${url.href.length.toLocaleString('en')} characters hold everything.`, 'good');
    } catch {
      this.say('The link is in the address bar: copy it from there.', 'good');
    }
  }

  async #downloadCapture(): Promise<void> {
    download('mcubox.pcap', await this.#link.capture(), 'application/vnd.tcpdump.pcap');
  }

  /** The lines of the scripts that frames come from. */
  #noteLines(frames: Update['frames']): void {
    let news = false;
    for (const { device, line } of frames) {
      if (device === undefined || line === undefined) continue;
      const key = `${device} ${line}`;
      news ||= !this.#sent.has(key) && device === this.#device.name;
      this.#sent.add(key);
    }
    if (news) this.#markLines();
  }

  #markLines(): void {
    const { name, active } = this.#device;
    const start = `${name} ${active}:`;
    const lines = [...this.#sent].filter((key) => key.startsWith(start)).map((key) => Number(key.slice(start.length)));
    this.#editor.mark(lines.sort((a, b) => a - b));
  }

  #showLine(device: string, place: string): void {
    const [, name = '', line] = /^(.*):(\d+)$/.exec(place) ?? [];
    const index = this.#project.devices.findIndex((one) => one.name === device);
    if (index >= 0 && index !== this.#shown) this.#showDevice(index);
    if (!this.#device.files.some((file) => file.name === name)) return;
    this.#layout.showPane('code');
    this.#open(name);
    this.#editor.goTo(Number(line));
  }

  #changed(): void {
    if (!this.#isEmbedded) keep(this.#project);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'F6') {
      event.preventDefault();
      nextPart(this.element, event.shiftKey ? -1 : 1, (pane) => this.#layout.showPane(pane));
    }
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.key !== 'Enter' && event.key !== 's') return;
    event.preventDefault();
    if (event.key === 'Enter') this.run();
    else this.#upload();
  }

  /** Ctrl+S puts the file on the flash of the running device, without a restart. */
  #upload(): void {
    const file = this.#device.files.find(({ name }) => name === this.#device.active);
    if (file === undefined) return;
    this.#link.send({ is: 'put', device: this.#shown, file });
    this.say(`${file.name} is on the flash of ${this.#device.name}.`, 'good');
  }
}
