/** `--attach`: parts that are wired to the device, and what there is to see at them when a run ends. */
import { type Device, makePart } from '../runtime/index.ts';
import type { Io } from './io.ts';
import { OutputFile } from './output-file.ts';
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
  readonly #pictures: readonly (OutputFile | undefined)[];
  readonly #io: Io;

  /** Creates the files for pictures; throws CannotWrite. */
  constructor(device: Device, specs: readonly PartSpec[], io: Io) {
    this.#device = device;
    this.#specs = specs;
    this.#pictures = specs.map(({ png }) => (png === undefined ? undefined : new OutputFile(png)));
    this.#io = io;
  }

  /** Throws CannotWrite when a picture is not in its file. */
  close(): void {
    for (const [i, part] of this.#device.hardware.parts.entries()) {
      const spec = this.#specs[i];
      const picture = part.png?.();
      const file = this.#pictures[i];
      if (file !== undefined && picture !== undefined) {
        file.write(picture);
        file.close();
        const [state] = part.look?.().split(/[\n,]/) ?? [];
        this.#io.err(`${part.kind}: ${state}, picture in ${spec?.png}`);
        continue;
      }
      const [first, ...rest] = part.look?.().split('\n') ?? [];
      if (first !== undefined) this.#io.err(`${spec?.text ?? part.kind}: ${first}`);
      for (const line of rest) this.#io.err(line);
    }
  }
}
