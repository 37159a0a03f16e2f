/** Band 3 of the error rules: a bug of ours stops the world loudly instead of becoming a result. */

/** A broken assumption inside mcubox itself; never caused by a script or by the wire. */
export class SimulatorFault extends Error {
  override readonly name = 'SimulatorFault';
}

export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new SimulatorFault(message);
}

/** The default arm of a switch over a union. */
export function unreachable(value: never): never {
  throw new SimulatorFault(`unreachable: ${String(value)}`);
}
