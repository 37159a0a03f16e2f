/** What the device wrote on its console against one recorded line. */
import type { Step } from './format.ts';
import type { Symbols } from './symbols.ts';

/** What the UART makes of a printed text: LF becomes CR LF, CR is dropped (driver/uart.c uart0_putc). */
export const onUart = (text: string): string => text.replaceAll('\r', '').replaceAll('\n', '\r\n');

/** `matched` with the number of characters used, `wait` when more may come, `differs` otherwise. */
export type ConsoleMatch =
  | { readonly kind: 'matched'; readonly length: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'differs' };

const DIFFERS: ConsoleMatch = { kind: 'differs' };
const WAIT: ConsoleMatch = { kind: 'wait' };

/** Lua 5.1 of the firmware ends every printed argument at a NUL (sys/console-print-bytes); the recorder did not. */
const asPrinted = (text: string): string =>
  text
    .split('\t')
    .map((part) => part.split('\0', 1)[0])
    .join('\t');

/** The text of a console step without its line end. */
export const consoleText = (step: Step): string | undefined =>
  step.print === undefined ? (step.console ?? step.panic) : asPrinted(step.print);

/**
 * @param buffer console output not matched yet, as on the UART
 * @param theme of the vector: times of `sntp` are given to the microsecond and may differ a little
 */
export function matchConsole(step: Step, buffer: string, trial: Symbols, theme: string): ConsoleMatch {
  const target = onUart(`${consoleText(step)}\n`);
  if (buffer.startsWith(target)) return { kind: 'matched', length: target.length };
  const newline = buffer.indexOf('\r\n');
  const hasSymbol = trial.names.some((name) => target.includes(name));
  if (step.approx === undefined && theme !== 'sntp' && !hasSymbol) return target.startsWith(buffer) ? WAIT : DIFFERS;
  if (newline < 0) return WAIT;
  const line = buffer.slice(0, newline);
  const same = hasSymbol
    ? matchSymbols(target.slice(0, -2), line, trial)
    : matchNumbers(target.slice(0, -2), line, step.approx, theme);
  return same ? { kind: 'matched', length: newline + 2 } : DIFFERS;
}

/** A line with symbols in it: a bound one stands for its value, another one for any number. */
function matchSymbols(target: string, line: string, trial: Symbols): boolean {
  const names: string[] = [];
  const pattern = target
    .split(/(\$[pdqxtwcu]\d+)/)
    .map((part) => {
      if (!trial.names.includes(part)) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(part);
      return '(\\d+)';
    })
    .join('');
  const found = new RegExp(`^${pattern}$`, 's').exec(line);
  return found?.slice(1).every((value, i) => trial.unify(names[i] as string, Number(value))) ?? false;
}

function matchNumbers(target: string, line: string, approx: Step['approx'], theme: string): boolean {
  const expected = target.split('\t');
  const actual = line.split('\t');
  return (
    expected.length === actual.length &&
    expected.every((text, i) => {
      const other = actual[i] as string;
      if (text === other) return true;
      if (approx?.field === i) return Math.abs(Number(text) - Number(other)) <= approx.tol;
      return theme === 'sntp' && matchSntp(text, other);
    })
  );
}

/** `name_us=n` may differ by 100, `offset_s=n` by 1. */
function matchSntp(expected: string, actual: string): boolean {
  const words = expected.split(' ');
  const others = actual.split(' ');
  return (
    words.length === others.length &&
    words.every((word, i) => {
      const [name, value] = word.split('=');
      const [otherName, other] = (others[i] as string).split('=');
      const tolerance = name?.endsWith('_us') ? 100 : name === 'offset_s' ? 1 : 0;
      return name === otherName && (value === other || Math.abs(Number(value) - Number(other)) <= tolerance);
    })
  );
}
