/** One script that tries to hang or exhaust the simulator. */
export interface Attack {
  readonly name: string;
  readonly source: string;
}

export const attack = (name: string, source: string): Attack => ({ name, source });
