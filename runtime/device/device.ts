/**
 * One ESP8266: the owner of CPU, flash, pins, UART, Wi-Fi and network stack across boots, and of the Lua state of the
 * current boot. Power-on, reset and every way a program can end meet here. Knows no Lua API: modules are given.
 */
import {
  type Clock,
  EventEmitter,
  invariant,
  type Link,
  type Micros,
  type Rng,
  type Timer,
  type Tracer,
  us,
} from '../core/index.ts';
import { Hardware } from '../hardware/index.ts';
import type { Medium, Position } from '../radio/index.ts';
import { ESP8266_OPTS, Stack } from '../stack/index.ts';
import { LuaAbort, type LuaHost } from '../vm/index.ts';
import { reportAbort } from './abort.ts';
import { connectAir } from './air.ts';
import { Analog } from './analog.ts';
import { BOOT, type BootReason, banner } from './boot.ts';
import { Cpu, SOFT_WATCHDOG } from './cpu.ts';
import type { CpuLink } from './cpu-link.ts';
import { ERAS, type Era } from './era.ts';
import { FlashFs } from './flash-fs.ts';
import { Gpio } from './gpio.ts';
import { HeapAccount } from './heap-account.ts';
import { type LfsRegion, lfsRegion } from './lfs.ts';
import { LineEditor } from './line-editor.ts';
import { builtNames, inRelease, type LuaMembers, type ModuleOf, membersIn } from './modules.ts';
import { type OsTimer, OsTimers } from './os-timers.ts';
import { type Profile, profileOf } from './profile.ts';
import { Program } from './program.ts';
import { ProgramWatch } from './program-watch.ts';
import { Rtc } from './rtc.ts';
import { PRIORITY, TaskQueue } from './tasks.ts';
import type { DeviceEvents, StartupSettings, WakeSources } from './types.ts';
import { Uart } from './uart.ts';
import { wakeSources } from './wake-sources.ts';
import { Wifi } from './wifi.ts';

/** A Lua module of the firmware. */
export type LuaModule = ModuleOf<Device>;

export interface DeviceEnv {
  /** The world's clock. */
  readonly clock: Clock;
  readonly rng: Rng;
  readonly trace: Tracer;
  readonly name: string;
  /** The air. Without it, or with `link`, there is no station. */
  readonly medium?: Medium;
  /** Replaces the station: a plain wire, for tests. */
  readonly link?: Link;
  readonly modules: readonly LuaModule[];
  readonly profile?: Partial<Profile>;
  /** A flash that already has files; by default an empty one of the profile's size. */
  readonly flash?: FlashFs;
  /** Where the antenna is. */
  readonly position?: Position;
}

export class Device {
  readonly name: string;
  readonly profile: Profile;
  /** What the firmware of this device does in its own way. */
  readonly era: Era;
  /** The modules of its release, in the order they are opened. */
  readonly modules: readonly LuaModule[];
  readonly events = new EventEmitter<DeviceEvents>();
  readonly trace: Tracer;
  readonly rng: Rng;
  readonly cpu: Cpu;
  /** Time as the program sees it; its timers wait for the CPU and die at a reset. */
  readonly clock: Clock;
  readonly tasks: TaskQueue;
  /** Where the program is, and what ran last. */
  readonly watch: ProgramWatch;
  readonly flash: FlashFs;
  readonly lfs: LfsRegion;
  readonly rtc: Rtc;
  readonly gpio: Gpio;
  /** What is wired to the board. */
  readonly hardware: Hardware;
  readonly uart: Uart;
  readonly analog = new Analog();
  readonly editor: LineEditor;
  readonly wifi: Wifi;
  /** Start-up settings in flash (node.startup). */
  readonly startup: StartupSettings = { command: undefined, banner: true, frequency: 80, delayMount: false };
  /** Boots since power was first applied. */
  boots = 0;
  bootReason: BootReason = BOOT.POWER_ON;
  /** CPU frequency in MHz; changes nothing but what scripts read. */
  frequency: 80 | 160 = 80;
  /** Receives the bytes of uart.on('data') while `editor.listening`. */
  onUartData: ((data: string) => void) | undefined;
  /** What the modules of one boot share among themselves, by name; empty after a reset. */
  readonly shared = new Map<string, object>();
  readonly #env: DeviceEnv;
  readonly #resetTimer: Timer;
  readonly #sleepTimer: Timer;
  #cause: BootReason = BOOT.POWER_ON;
  #bootedAt = 0 as Micros;
  #inputPosted = false;
  /** The script never returned, and its run was ended. */
  #hung = false;
  readonly #heap = new HeapAccount();
  #program: Program | undefined;
  #stack: Stack | undefined;
  #link: CpuLink | undefined;
  #timers: OsTimers;
  #errorRestart: OsTimer | undefined;
  #bootTimer: Timer | undefined;

  constructor(env: DeviceEnv) {
    this.#env = env;
    this.name = env.name;
    this.trace = env.trace;
    this.rng = env.rng;
    this.profile = profileOf(env.profile);
    this.era = ERAS[this.profile.firmware];
    this.modules = inRelease(env.modules, this.profile.firmware);
    this.cpu = new Cpu({
      clock: env.clock,
      instructionUs: this.profile.instructionUs,
      onAbort: (abort) => this.#aborted(abort),
      onEndless: () => this.#endless(),
      runTask: () => this.tasks.runNext(),
    });
    this.tasks = new TaskQueue(() => this.cpu.taskPosted(), this.cpu);
    this.clock = this.cpu.clock;
    const { cpu, clock, trace } = this;
    this.watch = new ProgramWatch({ clock, cpu, trace, lua: () => this.#program?.lua });
    this.#timers = new OsTimers(this.clock, this.cpu);
    this.flash = env.flash ?? new FlashFs({ address: this.profile.spiffsAddress, bytes: this.profile.spiffsBytes });
    this.lfs = lfsRegion(this.profile);
    this.rtc = new Rtc(this.clock);
    this.gpio = new Gpio({
      now: () => this.clock.now(),
      driven: (pin, level, at) => this.events.emit('pin', pin, level, at),
      modulated: (pin, frequency, duty, at) => this.events.emit('pulses', pin, frequency, duty, at),
    });
    this.hardware = new Hardware(env.clock, this.gpio);
    this.uart = new Uart({
      clock: this.clock,
      timed: this.profile.uartTimed,
      running: () => this.cpu.running,
      wait: (time) => this.cpu.spend(time),
      transmit: (port, bytes, at) => this.events.emit('uart', port, bytes, at),
      received: () => this.#onUartByte(),
    });
    this.editor = new LineEditor({
      take: () => this.uart.take(),
      echo: (text) => this.uart.writeText(text),
      line: (text) => this.#program?.line(text),
      data: (bytes) => this.onUartData?.(bytes),
      era: this.era,
    });
    this.wifi = new Wifi({
      tasks: this.tasks,
      mac: this.profile.mac,
      apMac: this.profile.apMac,
      saved: this.profile.station,
    });
    this.#resetTimer = env.clock.timer('reset', () => this.#reboot());
    this.#sleepTimer = env.clock.timer('sleep', () => this.#stop());
  }

  /** The program of the current boot. */
  get program(): Program {
    invariant(this.#program !== undefined, `${this.name}: no program before the first boot`);
    return this.#program;
  }

  /** The Lua state of the current boot. */
  get lua(): LuaHost {
    return this.program.lua;
  }

  /** The network stack of the current boot. */
  get stack(): Stack {
    invariant(this.#stack !== undefined, `${this.name}: no stack before the first boot`);
    return this.#stack;
  }

  /** The SDK timers of the current boot. */
  get timers(): OsTimers {
    return this.#timers;
  }

  /** What a module has on this boot, anew for each who asks: the Lua state once, when a script first calls it. */
  members(module: LuaModule): LuaMembers {
    return membersIn(module.name, module.members(this), this.profile.firmware);
  }

  /** Microseconds since the reset. */
  get uptime(): Micros {
    return us(this.clock.now() - this.#bootedAt);
  }

  /** Free bytes of heap: an estimate, exact in its changes only as far as the Lua host's own estimate is. */
  get freeHeap(): number {
    return this.#heap.free;
  }

  /** From now on only so many bytes of heap are free. */
  limitHeap(free: number): void {
    this.#heap.limit(this.lua, free);
  }

  /** platform_print_deprecation_note: on the UART, not redirectable. */
  deprecated(what: string, when: string): void {
    this.uart.writeText(
      `Warning, deprecated API! ${what}. It will be removed ${when}. See documentation for details.\n`,
    );
  }

  /** node.input: text for the interpreter. The console before pipes takes one line, and only while none is being typed. */
  input(text: string): void {
    if (!this.era.lineConsole) this.#program?.input(text);
    else if (this.editor.put(text)) this.tasks.post(PRIORITY.LOW, () => this.editor.runPut());
  }

  /** True from a reset until the program runs, and during deep sleep. */
  get off(): boolean {
    return this.#program === undefined;
  }

  /** Power on. */
  start(): void {
    this.reset(BOOT.POWER_ON);
  }

  /** An immediate reset, as by the pin or by power. */
  reset(cause: BootReason): void {
    if (cause.raw === BOOT.POWER_ON.raw) this.rtc.powerOff();
    this.#stop();
    this.#cause = cause;
    this.#resetTimer.arm(0 as Micros);
  }

  /** system_restart: the program goes on until the reset. */
  restart(): void {
    if (this.#resetTimer.armed) return;
    this.events.emit('restart', this.clock.now());
    this.#resetIn(this.profile.resetDelay, BOOT.SOFT_RESTART);
  }

  /** Native code of the firmware reads or writes memory that is not its own: the CPU stops and the chip resets. */
  fault(what: string): never {
    this.uart.writeText('Fatal exception 28(LoadProhibitedCause):\n');
    this.events.emit('crash', 'exception', what, this.clock.now());
    this.#resetIn(0 as Micros, BOOT.EXCEPTION);
    throw new LuaAbort('halt', what);
  }

  /** Native code of the firmware spins on purpose until the watchdog resets the chip. */
  starve(what: string): never {
    this.events.emit('restart', this.clock.now());
    this.#resetIn(SOFT_WATCHDOG, BOOT.SOFT_WATCHDOG);
    throw new LuaAbort('halt', what);
  }

  /** Deep sleep after the current event; ends in a reset after `durationUs`, or only from outside when that is 0. */
  deepSleep(durationUs: number, option: number): void {
    this.events.emit('sleep', durationUs, option, this.clock.now());
    this.#sleepTimer.arm(this.cpu.lag);
    if (durationUs > 0) this.#resetIn(us(durationUs), BOOT.DEEP_SLEEP);
    else this.#resetTimer.cancel();
  }

  /** Bytes arrive at UART0. */
  receive(bytes: Uint8Array): void {
    if (!this.off) this.uart.receive(bytes);
  }

  wakeSources(): WakeSources {
    return wakeSources({
      timers: this.#timers,
      isBusy: this.tasks.length > 0 || !this.cpu.idle,
      isResetting: this.#resetTimer.armed,
      isBooting: this.#bootTimer?.armed ?? false,
      isHung: this.#hung,
      parts: this.hardware.pending,
      stack: this.#stack,
      wifi: this.wifi,
    });
  }

  #resetIn(delay: Micros, cause: BootReason): void {
    this.#cause = cause;
    this.#resetTimer.arm(us(this.cpu.lag + delay));
  }

  /** Ends the boot: nothing of it runs or is sent any more. */
  #stop(): void {
    this.cpu.halt();
    this.tasks.clear();
    this.#sleepTimer.cancel();
    this.#link?.detach();
    this.#link = undefined;
    this.#stack?.shutdown();
    this.#stack = undefined;
    this.wifi.shutdown();
    this.gpio.reset();
    this.uart.reset();
    this.flash.dropHandles();
    this.shared.clear();
    this.onUartData = undefined;
    this.#inputPosted = false;
    this.#program = undefined;
    this.#errorRestart = undefined;
  }

  #reboot(): void {
    this.#stop();
    this.#hung = false;
    this.boots++;
    this.bootReason = this.#cause;
    this.#bootedAt = this.#env.clock.now();
    this.events.emit('reset', this.#cause.raw, this.#cause.reason, this.#bootedAt);
    this.cpu.restart();
    this.#timers = new OsTimers(this.clock, this.cpu);
    // The SDK's own start-up; Lua begins after it.
    this.#bootTimer = this.clock.timer('boot', () => this.#boot());
    this.#bootTimer.arm(this.profile.bootDelay);
  }

  #boot(): void {
    const { profile } = this;
    this.frequency = this.startup.frequency;
    this.editor.reset();
    this.analog.boot();
    this.#stack = new Stack(
      { clock: this.clock, rng: this.rng.fork(`stack/${this.boots}`), trace: this.trace },
      ESP8266_OPTS,
    );
    this.#link = connectAir(this.#env, this.cpu, this.#stack, this.wifi);
    const random = this.rng.fork(`lua/${this.boots}`);
    const program = new Program({
      version: profile.lua,
      era: this.era,
      modules: this.modules,
      members: (at) => this.members(this.modules[at] as LuaModule),
      writeUart: (text) => this.uart.writeText(text),
      readFile: (name) => this.flash.read(name),
      random: () => random.float(),
      post: (priority, task) => this.tasks.post(priority, task),
      restartIn: (delayMs) => this.#restartAfterError(delayMs),
      setPrompt: (prompt) => {
        this.editor.prompt = prompt;
      },
      watch: this.watch,
      onScriptError: (message) => this.events.emit('scriptError', message, this.clock.now()),
    });
    this.#program = program;
    this.cpu.meter(program.lua);
    program.open();
    for (const { open } of this.modules) open?.(this);
    this.#heap.limit(program.lua, profile.heapBytes);
    program.run(this.startup.command ?? '@init.lua', () => {
      if (this.startup.banner) this.uart.writeText(banner(profile, builtNames(this.modules)));
    });
  }

  #endless(): void {
    this.#hung = true;
    if (this.cpu.horizon === undefined) this.events.emit('crash', 'endless', '', this.clock.now());
  }

  #restartAfterError(delayMs: number): void {
    if (this.#errorRestart !== undefined) return;
    this.#errorRestart = this.#timers.timer('onerror', () => this.restart());
    this.#errorRestart.arm(delayMs, false);
  }

  #onUartByte(): void {
    if (this.#inputPosted) return;
    this.#inputPosted = true;
    // driver/uart.c: one task for whatever has arrived until it runs.
    this.tasks.post(
      this.era.lineConsole ? PRIORITY.LOW : PRIORITY.HIGH,
      () => {
        this.#inputPosted = false;
        this.editor.run();
      },
      'uart',
    );
  }

  #aborted(abort: LuaAbort): void {
    reportAbort(abort, this);
    if (abort.reason !== 'halt') this.#resetIn(0 as Micros, BOOT.SOFT_WATCHDOG);
    this.#stop();
  }
}
