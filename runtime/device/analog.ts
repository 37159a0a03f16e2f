/** The one analogue input: measures the pin or the supply, chosen in flash and in force from the next boot. */

export class Analog {
  /** Reading of the pin, 0 to 1024; set by the world. */
  input = 0;
  /** Set by the world. */
  supplyMillivolts = 3300;
  #selected = false;
  #active = false;

  /** Whether this boot measures the supply. */
  get measuresSupply(): boolean {
    return this.#active;
  }

  /** False when that is the selection already. */
  selectAtNextBoot(supply: boolean): boolean {
    if (supply === this.#selected) return false;
    this.#selected = supply;
    return true;
  }

  boot(): void {
    this.#active = this.#selected;
  }
}
