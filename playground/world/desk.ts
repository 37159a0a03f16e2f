/**
 * The worker's side of the page: takes messages, lets the world run by the wall clock in short pieces, and reports. A page
 * that has not drawn the last report gets no next one; what waits for it is bounded.
 */
import { type Device, us, type World } from '../../runtime/index.ts';
import { LuaDesk } from './lua-desk.ts';
import { PlayWorld } from './play-world.ts';
import type { BridgeFacts, FromWorld, ToWorld } from './protocol.ts';
import { type Connect, WorldBridge } from './world-bridge.ts';

/** Longest piece of real time without looking at messages. */
const PIECE_MS = 10;
/** Longest nap, so that a pause of the world does not delay a report. */
const NAP_MS = 25;
/** Time between two reports. */
const REPORT_MS = 30;
/** Virtual time that is late by more is let go: a slow computer slows the world down. */
const LATE_US = 200_000;
/** The achieved speed is measured over so much time. */
const RATE_MS = 500;

type Start = Extract<ToWorld, { is: 'start' }>;

export interface DeskEnv {
  /** Real time in milliseconds. */
  now(): number;
  /** Calls back soon, after waiting messages have had their turn. */
  soon(action: () => void): void;
  later(action: () => void, ms: number): void;
  post(message: FromWorld): void;
  readonly connect: Connect;
}

export class Desk {
  readonly #env: DeskEnv;
  readonly #lua = new LuaDesk();
  #play: PlayWorld | undefined;
  #rate = 1;
  #paused = false;
  /** Time stands still from there on. */
  #until = Number.POSITIVE_INFINITY;
  /** Where virtual time was at a moment of real time. */
  #base = { wall: 0, virtual: 0 };
  #measured = { wall: 0, virtual: 0, rate: 0 };
  /** The page waits for a report. */
  #reportDue = true;
  /** Something happened since the last one. */
  #changed = true;
  #lastReport = 0;
  /** The number of the turn that is to come: others are out of date. */
  #turn = 0;
  /** It comes as soon as it can. */
  #soon = false;
  #bridgeUrl: string | undefined;
  #bridge: WorldBridge | undefined;
  /** The world waits for ports to be bound, and for nothing else. */
  #settling = false;

  constructor(env: DeskEnv) {
    this.#env = env;
    env.post({ is: 'ready', api: this.#lua.api() });
  }

  take(message: ToWorld): void {
    this.#guarded(() => this.#handle(message));
  }

  #handle(message: ToWorld): void {
    switch (message.is) {
      case 'bridge':
        this.#bridgeUrl = message.url;
        break;
      case 'start':
        this.#bridge?.close();
        this.#bridge = undefined;
        this.#play = undefined;
        if (this.#bridgeUrl === undefined) this.#start(message);
        else this.#openBridge(this.#bridgeUrl, message);
        break;
      case 'speed':
        this.#rate = message.rate;
        this.#rebase();
        break;
      case 'pause':
        this.#paused = message.paused;
        if (!message.paused) this.#until = Number.POSITIVE_INFINITY;
        this.#changed = true;
        this.#rebase();
        this.#tickSoon();
        break;
      case 'drawn':
        this.#reportDue = true;
        if (this.#changed) this.#tickSoon();
        break;
      case 'check':
        this.#env.post({
          is: 'checked',
          id: message.id,
          problem: this.#lua.check(message.name, message.source),
        });
        break;
      default:
        if (this.#play !== undefined) this.#act(this.#play, message);
    }
  }

  #start({ spec, paused }: Start): void {
    const bridge = this.#bridge;
    this.#play = new PlayWorld(spec, (world, device) => {
      if (bridge !== undefined) this.#settle(bridge, world, device);
    });
    this.#until = spec.untilUs ?? Number.POSITIVE_INFINITY;
    this.#paused = paused;
    this.#changed = true;
    this.#rebase();
    this.#env.post({ is: 'started', names: this.#play.names() });
    this.#tickSoon();
  }

  /** The world is made when the bridge is there, or when it is clear that there is none. */
  #openBridge(url: string, start: Start): void {
    const { connect, soon, post } = this.#env;
    const bridge: WorldBridge = new WorldBridge(url, {
      connect,
      soon,
      enter: (event) => this.#enter(event),
      ready: () => this.#guarded(() => this.#start(start)),
      lost: (why) => {
        if (this.#bridge !== bridge) return;
        this.#bridge = undefined;
        post({ is: 'bridge', facts: { ...bridge.facts, state: 'gone' } });
        post({ is: 'said', line: why, bad: true });
        this.#settling = false;
        if (this.#play === undefined) this.#guarded(() => this.#start(start));
        else this.#tickSoon();
      },
      say: (line) => post({ is: 'said', line, bad: !this.#settling }),
    });
    this.#bridge = bridge;
  }

  /** Ports are bound before the world begins. */
  #settle(bridge: WorldBridge, world: World, device: Device): void {
    this.#settling = true;
    const { startup } = bridge.attach(world, device);
    startup.onSettled = () => {
      if (this.#bridge !== bridge) return;
      this.#settling = false;
      const facts: BridgeFacts = { ...bridge.facts, state: 'open' };
      this.#env.post({ is: 'bridge', facts });
      for (const line of startup.failures) this.#env.post({ is: 'said', line, bad: true });
      this.#rebase();
      this.#tickSoon();
    };
    if (startup.settled) startup.onSettled();
  }

  /** Something real happens: lets time come up to now, then it in. */
  #enter(event: () => void): void {
    const play = this.#play;
    if (play === undefined) return;
    this.#guarded(() => {
      this.#advance(play);
      event();
      this.#changed = true;
      this.#tickSoon();
    });
  }

  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#stop(error);
    }
  }

  /** What happens to the running world happens now, in virtual time as well. */
  #act(
    play: PlayWorld,
    message: Exclude<ToWorld, { is: 'bridge' | 'start' | 'speed' | 'pause' | 'drawn' | 'check' }>,
  ): void {
    switch (message.is) {
      case 'step':
        if (!this.#settling) play.run(play.now + message.us, () => false);
        break;
      case 'type':
        play.desks[message.device]?.device.receive(message.bytes);
        break;
      case 'reset':
        play.reset(message.device);
        break;
      case 'pin':
        play.desks[message.device]?.hold(message.pin, message.level);
        break;
      case 'put':
        play.put(message.device, message.file);
        break;
      case 'air':
        play.setAir(message.air);
        break;
      case 'deauth':
        play.deauth();
        break;
      case 'fetch':
        play.fetch(message.request, (reply, why) => this.#env.post({ is: 'fetched', id: message.id, reply, why }));
        break;
      case 'capture':
        this.#env.post({ is: 'captured', id: message.id, bytes: play.capture.pcap() });
        break;
      default:
        message satisfies never;
    }
    this.#changed = true;
    this.#rebase();
    this.#tickSoon();
  }

  #tickSoon(): void {
    if (this.#play === undefined || this.#soon) return;
    this.#soon = true;
    this.#nap((again) => this.#env.soon(again));
  }

  /** The next turn comes by `wait`; one that was to come in another way does not. */
  #nap(wait: (again: () => void) => void): void {
    const turn = ++this.#turn;
    wait(() => {
      if (turn === this.#turn) this.#tick();
    });
  }

  #tick(): void {
    this.#soon = false;
    const play = this.#play;
    if (play === undefined) return;
    this.#guarded(() => {
      const idleMs = this.#advance(play);
      this.#report(play);
      if (idleMs === undefined) return;
      if (idleMs <= 0) this.#tickSoon();
      else this.#nap((again) => this.#env.later(again, Math.min(idleMs, NAP_MS)));
    });
  }

  /** Runs what is due; how long nothing will be (milliseconds), undefined while time stands still. */
  #advance(play: PlayWorld): number | undefined {
    if (this.#paused || this.#settling) return undefined;
    this.#changed = true;
    const { now } = this.#env;
    const deadline = now() + PIECE_MS;
    const enough = (): boolean => now() >= deadline;
    const bounded = this.#until < Number.POSITIVE_INFINITY;
    // The real world does not wait.
    const free = this.#rate === Number.POSITIVE_INFINITY && this.#bridge === undefined;
    const sprint = free && (bounded || !play.waiting);
    const rate = this.#rate === Number.POSITIVE_INFINITY ? 1 : this.#rate;
    const due = sprint
      ? Math.max(play.now + 1, Math.min(play.nextAt, this.#until)) + SPRINT_US
      : this.#base.virtual + (now() - this.#base.wall) * 1000 * rate;
    play.run(us(Math.min(due, this.#until)), enough);
    if (play.now >= this.#until) {
      this.#paused = true;
      return undefined;
    }
    if (sprint) this.#rebase();
    else if (due - play.now > LATE_US * rate) this.#rebase();
    if (sprint || play.now < due - 1) return 0;
    return (Math.min(play.nextAt, this.#until) - play.now) / 1000 / rate;
  }

  #report(play: PlayWorld): void {
    const wall = this.#env.now();
    if (!this.#reportDue || (wall - this.#lastReport < REPORT_MS && !this.#paused)) return;
    this.#reportDue = false;
    this.#lastReport = wall;
    if (wall - this.#measured.wall > RATE_MS) {
      const rate = (play.now - this.#measured.virtual) / 1000 / (wall - this.#measured.wall);
      this.#measured = { wall, virtual: play.now, rate };
    }
    const devices = play.views();
    this.#changed = play.more;
    this.#env.post({
      is: 'update',
      now: play.now,
      paused: this.#paused,
      rate: this.#paused ? 0 : Math.max(0, this.#measured.rate),
      devices,
      more: this.#changed,
      frames: play.frames(),
      frameCount: play.capture.count,
    });
  }

  #rebase(): void {
    this.#base = { wall: this.#env.now(), virtual: this.#play?.now ?? 0 };
  }

  #stop(error: unknown): void {
    this.#play = undefined;
    this.#bridge?.close();
    this.#bridge = undefined;
    this.#env.post({ is: 'fault', message: error instanceof Error ? error.message : String(error) });
  }
}

/** At full speed, virtual time between two looks at whether there is still something to do. */
const SPRINT_US = 100_000;
