/**
 * `--vcd`: what the device drives its pins to, as a value change dump (IEEE 1364) for PulseView or GTKWave. A pin with
 * pulses stands still; its duty in percent and its frequency are numbers beside it. What others do to a pin is not in it.
 */
import type { Device, Micros } from '../runtime/index.ts';
import { OutputFile } from './output-file.ts';

const PINS = 13;

/** Short names of VCD: one printable character each. */
const wire = (pin: number): string => String.fromCharCode(33 + pin);
const duty = (pin: number): string => String.fromCharCode(33 + PINS + pin);
const frequency = (pin: number): string => String.fromCharCode(33 + 2 * PINS + pin);

export class VcdFile {
  readonly #file: OutputFile;
  #time = 0;

  /** Creates the file and listens to the device; throws CannotWrite. */
  constructor(path: string, device: Device) {
    this.#file = new OutputFile(path);
    this.#header();
    device.events.on('pin', (pin, level, at) => this.#change(at, `${level}${wire(pin)}`));
    device.events.on('pulses', (pin, hertz, share, at) => {
      this.#change(at, `r${+(share * 100).toFixed(3)} ${duty(pin)}`);
      this.#change(at, `r${hertz} ${frequency(pin)}`);
    });
  }

  close(): void {
    this.#file.close();
  }

  #header(): void {
    this.#lines('$timescale 1 us $end', '$scope module esp8266 $end');
    for (let pin = 0; pin < PINS; pin++) {
      this.#lines(`$var wire 1 ${wire(pin)} D${pin} $end`);
      if (pin === 0) continue;
      this.#lines(`$var real 64 ${duty(pin)} D${pin}.duty $end`);
      this.#lines(`$var real 64 ${frequency(pin)} D${pin}.frequency $end`);
    }
    this.#lines('$upscope $end', '$enddefinitions $end', '#0', '$dumpvars');
    for (let pin = 0; pin < PINS; pin++) {
      this.#lines(`1${wire(pin)}`);
      if (pin > 0) this.#lines(`r0 ${duty(pin)}`, `r0 ${frequency(pin)}`);
    }
    this.#lines('$end');
  }

  /** A reset takes back what the program was ahead of the world; time in the file only grows. */
  #change(at: Micros, value: string): void {
    if (at > this.#time) {
      this.#time = at;
      this.#lines(`#${at}`);
    }
    this.#lines(value);
  }

  #lines(...lines: readonly string[]): void {
    this.#file.write(`${lines.join('\n')}\n`);
  }
}
