/** Steps about a device: its console, pins, flash and heap. The first five names and their keys are Wokwi's. */
import { us } from '../../runtime/index.ts';
import { find, Unmet } from '../testing/index.ts';
import { asTime, limitOf } from './context.ts';
import { either, flag, list, nothing, object, optional, text, time, wanted, whole } from './shape.ts';
import { type StepKind, step } from './step.ts';

const pin = () => text('a pin such as D1 or 1');

/** `D5`, `5` or `GPIO5`-less NodeMCU numbering, 0 to 12. */
function pinNumber(name: string): number {
  const match = /^d?(\d+)$/i.exec(name);
  const number = match === null ? Number.NaN : Number(match[1]);
  if (number <= 12) return number;
  throw new Unmet(`'${name}' is not a pin; write D0 to D12`);
}

export const DEVICE_STEPS: Readonly<Record<string, StepKind>> = {
  delay: step('Lets so much device time pass.', time(), (value, { net }) => net.run(asTime(value))),
  'wait-serial': step(
    'Waits until the console has printed a text that no earlier step has waited for.',
    wanted(),
    (value, _, actors) => {
      actors.device.waitSerial(value, limitOf(actors));
    },
  ),
  'write-serial': step(
    'Types at the UART: a text (a line ends with \\n) or a list of bytes.',
    either(text(), list(whole(0, 255))),
    (value, _, { device }) =>
      device.writeSerial(typeof value === 'string' ? latin1(value) : String.fromCharCode(...value)),
  ),
  'set-control': step(
    'Applies a level to a pin (control: D3, value: 0) or a reading to the ADC (control: adc, value: 512).',
    object({
      'part-id': optional(text("a device's name")),
      control: optional(pin()),
      pin: optional(pin()),
      value: whole(0, 1024),
    }),
    ({ control, pin: name = control ?? '', value }, _, { device }) => {
      if (name.toLowerCase() === 'adc') device.setAdc(value);
      else device.setPin(pinNumber(name), value === 0 ? 0 : 1);
    },
  ),
  'expect-pin': step(
    'A pin has this level now, or gets it within the time.',
    object({ 'part-id': optional(text("a device's name")), pin: pin(), value: whole(0, 1) }),
    ({ pin: name, value }, _, actors) =>
      actors.device.expectPin(pinNumber(name), value === 0 ? 0 : 1, limitOf(actors) ?? 0),
  ),
  'expect-console': step(
    'The console since the script was started: the whole text (with {{any}} and {{/re/}} holes), a golden file, or a part.',
    either(text(), object({ file: optional(text('a file')), contains: optional(wanted()), lacks: optional(wanted()) })),
    (value, { golden }, { device }) => {
      const { console } = device;
      const subject = `the console of ${device.name}`;
      if (typeof value === 'string') return golden.checkText(value, console, subject);
      const { file, contains, lacks } = value;
      if (file !== undefined) golden.check(file, console, subject);
      if (contains !== undefined && find(contains, console) === undefined)
        throw new Unmet(`${subject} lacks '${contains}'`, { expected: contains, actual: console });
      if (lacks !== undefined && find(lacks, console) !== undefined)
        throw new Unmet(`${subject} has '${lacks}'`, { expected: `no '${lacks}'`, actual: console });
    },
  ),
  'expect-file': step(
    'A file of the flash: its content, a part of it, its size, or that it is not there.',
    object({
      name: text("a file's name"),
      text: optional(text()),
      contains: optional(wanted()),
      size: optional(whole(0, 0x400000)),
      absent: optional(flag()),
    }),
    ({ name, text: content, contains, size, absent }, { golden }, { device }) => {
      const there = device.file(name);
      const subject = `${name} on ${device.name}`;
      if (absent === true) {
        if (there !== undefined) throw new Unmet(`${subject} exists`, { expected: 'no such file', actual: there });
        return;
      }
      if (there === undefined) {
        const names = device.device.flash.list().map((entry) => entry.name);
        throw new Unmet(`${subject} does not exist`, { expected: name, actual: names.join('\n') });
      }
      if (content !== undefined) golden.checkText(content, there, subject);
      if (contains !== undefined && find(contains, there) === undefined)
        throw new Unmet(`${subject} lacks '${contains}'`, { expected: contains, actual: there });
      if (size !== undefined && there.length !== size)
        throw new Unmet(`${subject} has ${there.length} bytes`, {
          expected: String(size),
          actual: String(there.length),
        });
    },
  ),
  'expect-heap': step(
    'At least so many bytes of heap are free.',
    either(whole(0, 100_000), object({ 'at-least': whole(0, 100_000) })),
    (value, _, { device }) => {
      const least = typeof value === 'number' ? value : value['at-least'];
      if (device.heap < least)
        throw new Unmet(`${device.name} has ${device.heap} bytes of heap`, {
          expected: `at least ${least}`,
          actual: String(device.heap),
        });
    },
  ),
  restart: step('Presses the reset button.', nothing(), (_, __, { device }) => device.restart()),
  kill: step(
    'Takes the power away without a word: for a time, or until power-cycle.',
    either(nothing(), object({ for: time() })),
    (value, { net }, { device }) => {
      device.powerOff();
      if (value !== undefined) net.world.clock.timer('power', () => device.powerCycle()).arm(us(value.for));
    },
  ),
  'power-cycle': step('Switches the device off and on.', nothing(), (_, __, { device }) => device.powerCycle()),
};

/** What a terminal sends: UTF-8, one character of the result per byte. */
const latin1 = (value: string): string => Buffer.from(value).toString('latin1');
