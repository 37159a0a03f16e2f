/** One kind of step: what may stand behind its name, and what it does. */
import type { Actors, Context } from './context.ts';
import type { Shape } from './shape.ts';

export interface StepKind {
  readonly doc: string;
  readonly shape: Shape<unknown>;
  readonly run: (value: unknown, context: Context, actors: Actors) => void;
}

/** Ties the shape to what the action is given. */
export const step = <T>(
  doc: string,
  shape: Shape<T>,
  run: (value: T, context: Context, actors: Actors) => void,
): StepKind => ({ doc, shape, run: run as StepKind['run'] });
