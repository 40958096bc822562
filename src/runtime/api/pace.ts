/** Messages a second of a server that nothing is known of yet: Prefect's default recorder on a machine with other work to do. */
const guessed = 100;
/**
 * A server holds messages for so long, at most: more on the way makes nothing quicker, and leaves more to be lost. With half as much, one that
 * writes rows every second had nothing to do at times, and a slow machine took a twentieth longer.
 */
const secondsAhead = 6;
/** So many on the way keep every server busy between two looks. */
const smallest = 500;
const quickestMs = 25;
const slowestMs = 2000;

/**
 * How fast a server works messages off, learned from what it was seen to do. A question costs the server as much as
 * some messages do, so it is asked when about half of what is on its way should be there, and not before.
 */
export class Pace {
  #perSecond = guessed;

  /** So many messages were worked off within so many milliseconds. */
  learn(messages: number, milliseconds: number): void {
    if (messages <= 0 || milliseconds <= 0) return;
    const seen = (messages * 1000) / milliseconds;
    this.#perSecond = (this.#perSecond + seen) / 2;
  }

  /** How many messages may be on their way, within what the settings allow. */
  window(most: number): number {
    return Math.min(most, Math.max(smallest, Math.round(this.#perSecond * secondsAhead)));
  }

  /**
   * How long to wait before the next look, in milliseconds.
   * @param quiet how many looks found nothing new since something was found
   */
  pauseMs(messages: number, quiet: number): number {
    const half = (messages * 500) / this.#perSecond;
    return Math.min(slowestMs, Math.max(half, quickestMs * 2 ** Math.min(quiet, 6)));
  }
}
