/** A sleep that something may end early, and news for who waits. Neither keeps the process alive by itself. */
export class Wakeable {
  #end: (() => void) | null = null;
  #listeners: (() => void)[] = [];

  async sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, milliseconds));
      timer.unref();
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#end = null;
  }

  wake(): void {
    this.#end?.();
  }

  announce(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const each of listeners) each();
  }

  /** Until the next news, or so many milliseconds. This one does keep the process: somebody waits for it. */
  async progress(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, milliseconds));
      this.#listeners.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
