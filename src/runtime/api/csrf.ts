import { randomUUID } from 'node:crypto';

interface Token {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Asks for `/csrf-token?client=…`; the status and the body. */
export type AskForToken = (client: string) => Promise<{ readonly status: number; readonly text: string }>;

/**
 * The token that a server with CSRF protection wants on every change. A server without it says so once, and is not
 * asked again.
 */
export class CsrfToken {
  readonly #ask: AskForToken;
  readonly #client = randomUUID();
  #current: Token | null = null;
  #wanted: boolean;
  #asking: Promise<void> | null = null;

  constructor(ask: AskForToken, enabled: boolean) {
    this.#ask = ask;
    this.#wanted = enabled;
  }

  /** The headers of a request that changes something. */
  async headers(): Promise<Readonly<Record<string, string>>> {
    if (!this.#wanted) return {};
    if (this.#current === null || this.#current.expires < Date.now() + 5000) await this.#renew();
    return this.#current === null
      ? {}
      : { 'prefect-csrf-token': this.#current.token, 'prefect-csrf-client': this.#client };
  }

  /** The server did not take it: the next request brings another. */
  forget(): void {
    this.#current = null;
  }

  async #renew(): Promise<void> {
    this.#asking ??= this.#fetch().finally(() => (this.#asking = null));
    await this.#asking;
  }

  async #fetch(): Promise<void> {
    const { status, text } = await this.#ask(this.#client);
    if (status !== 200) {
      // 404 is a server that knows of none, 422 one where it is turned off.
      if (status === 404 || status === 422) this.#wanted = false;
      this.#current = null;
      return;
    }
    const body = JSON.parse(text) as { token: string; expiration: string };
    this.#current = { token: body.token, expires: Date.parse(body.expiration) };
  }
}
