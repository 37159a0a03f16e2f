/**
 * The leap second offset of the firmware's SNTP client (app/modules/sntp.c update_offset): seconds between the clock
 * and UTC, corrected at the end of a month for which servers announced a leap second.
 */
const DAY = 86_400;

export class LeapOffset {
  /** uint8_t in the firmware. */
  #offset = 0;
  #inUse = false;
  /** Last announcement: 1 insertion, 2 deletion, 0 none. */
  #pending = 0;
  /** When the day of the clock ends, as last looked at. */
  #nextMidnight = 0;

  get pending(): number {
    return this.#pending;
  }

  /** As it stands, without looking at the calendar. */
  get seconds(): number {
    return this.#offset;
  }

  /** `now` is the clock in Unix seconds, 0 while it was never set. */
  set(offset: number, now: number): void {
    this.#offset = offset & 0xff;
    if (now !== 0) this.#nextMidnight = this.#midnightAfter(now);
    this.#inUse = true;
  }

  /** A server's leap field. */
  announce(leap: number): void {
    if (leap !== 0) this.#pending = leap;
  }

  /** Carries out an announced leap second once the month is over. */
  update(now: number): void {
    if (this.#pending === 0 || !this.#inUse) return;
    if (this.#nextMidnight < 100_000) {
      this.#nextMidnight = this.#midnightAfter(now);
      return;
    }
    if (now - this.#offset < this.#nextMidnight) return;
    this.#nextMidnight = this.#midnightAfter(now);
    if (dayOfMonth(Math.trunc((now - this.#offset) / DAY)) === 1)
      this.#offset = (this.#offset + (this.#pending === 1 ? 1 : -1)) & 0xff;
    this.#pending = 0;
  }

  #midnightAfter(now: number): number {
    return (now + DAY - this.#offset - ((now - this.#offset) % DAY)) | 0;
  }
}

/** By days since 1970: years are counted from March, eras are the 400 years after which the calendar repeats. */
function dayOfMonth(days: number): number {
  const fromMarch0000 = days + 719_468;
  const day = ((fromMarch0000 % 146_097) + 146_097) % 146_097;
  const year = Math.floor((day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365);
  const dayOfYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  return dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
}
