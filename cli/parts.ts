/** `--attach`: parts that are wired to the device, and what there is to see at them when a run ends. */
import { writeFileSync } from 'node:fs';
import { type Device, makePart, type Part } from '../runtime/index.ts';
import { fileError } from './file-error.ts';
import type { Io } from './io.ts';
import type { Parsed } from './values.ts';

export interface PartSpec {
  /** As {@link makePart} reads it. */
  readonly text: string;
  /** File for the picture of a display. */
  readonly png?: string;
}

/** `KIND[:name=value,…]`; of a display also `png=FILE`. */
export function partSpec(given: string): Parsed<PartSpec> {
  const png = /^(?:ssd1306|ili9341|st7735):.*?\bpng=([^,]+)/.exec(given)?.[1];
  const text = png === undefined ? given : given.replace(/png=[^,]+,?/, '').replace(/[:,]$/, '');
  const made = makePart(text);
  if (!made.ok) return made;
  return { ok: true, value: png === undefined ? { text } : { text, png } };
}

export function attachParts(device: Device, specs: readonly PartSpec[]): void {
  for (const { text } of specs) {
    const made = makePart(text);
    if (made.ok) device.hardware.attach(made.part);
  }
}

/** Tells at the end of a run what the attached parts show. */
export class PartsReport {
  readonly #device: Device;
  readonly #specs: readonly PartSpec[];
  readonly #io: Io;

  constructor(device: Device, specs: readonly PartSpec[], io: Io) {
    this.#device = device;
    this.#specs = specs;
    this.#io = io;
  }

  close(): void {
    for (const [i, part] of this.#device.hardware.parts.entries()) {
      const spec = this.#specs[i];
      const picture = spec?.png === undefined ? undefined : part.png?.();
      if (spec?.png !== undefined && picture !== undefined) {
        this.#picture(spec.png, part, picture);
        continue;
      }
      const [first, ...rest] = part.look?.().split('\n') ?? [];
      if (first !== undefined) this.#io.err(`${spec?.text ?? part.kind}: ${first}`);
      for (const line of rest) this.#io.err(line);
    }
  }

  #picture(path: string, part: Part, picture: Uint8Array): void {
    const [state] = part.look?.().split(/[\n,]/) ?? [];
    try {
      writeFileSync(path, picture);
      this.#io.err(`${part.kind}: ${state}, picture in ${path}`);
    } catch (error) {
      this.#io.err(`cannot write ${path}: ${fileError(error)}`);
    }
  }
}
