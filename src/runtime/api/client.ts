import { PrefectHttpError, PrefectUnreachable, PrefectUnreadable } from './api-errors.ts';
import { CsrfToken } from './csrf.ts';
import type { HttpAnswer, Transport } from './http.ts';
import { isUntrusted, makeTransport } from './http.ts';
import { isMaintenance, isTransient, isTurnedAway, retryDelayMs } from './retry.ts';
import type { Settings } from './settings.ts';
import { waitFor } from './wait.ts';

/** What one request may say for itself. */
export interface RequestOptions {
  /** Statuses that are answers, not failures: 404 for "there is none". */
  readonly accept?: readonly number[];
  readonly signal?: AbortSignal;
  /** Fewer tries than the settings say. */
  readonly maxRetries?: number;
  /** The answer is somebody's text, and need not be JSON. */
  readonly asText?: boolean;
  /** Asked before a request whose answer was lost is made again: what it was answered, where that can be found out. */
  readonly answered?: () => Promise<unknown>;
}

/** An answer, and what it says: read once, and only of one that is good. */
export interface PrefectAnswer extends HttpAnswer {
  readonly data: unknown;
}

/** The releases that this client speaks as; the server reads its rules from the user agent. */
export const speaksAs = '3.9.1';
const apiVersion = '0.8.4';

/** Requests to one Prefect server, with its credentials, retried as Prefect's own client retries them. */
export class PrefectClient {
  readonly settings: Settings;
  /** The API's address. */
  readonly base: string;
  readonly #transport: Transport;
  readonly #csrf: CsrfToken;
  #reached = false;

  /** @param base the API's address, which ends in `/api` */
  constructor(base: string, settings: Settings, transport: Transport = makeTransport(settings)) {
    this.settings = settings;
    this.base = base;
    this.#transport = transport;
    const ask = (client: string): Promise<PrefectAnswer> =>
      this.#tryUntilAnswered('GET', `/csrf-token?client=${client}`, undefined, {});
    this.#csrf = new CsrfToken(ask, settings.csrf);
  }

  /**
   * @returns the answer's JSON; undefined when it is empty
   * @throws PrefectUnreachable, PrefectHttpError
   */
  async json<T>(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    const { data } = await this.send(method, path, body, options);
    return data as T;
  }

  /**
   * Gives the server JSON that is written already, and makes sure that it was the server who took it.
   * @throws PrefectUnreachable, PrefectHttpError
   */
  async give(path: string, body: string): Promise<void> {
    await this.sendText('POST', path, body);
  }

  /**
   * A good answer is JSON or empty: anything else is not the server's, and the request is made again.
   * @throws PrefectUnreachable, PrefectHttpError
   */
  async send(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<PrefectAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return await this.sendText(method, path, text, options);
  }

  /** As `send`, with a body that is JSON already. */
  async sendText(
    method: string,
    path: string,
    body: string | undefined,
    options: RequestOptions = {},
  ): Promise<PrefectAnswer> {
    let answer = await this.#tryUntilAnswered(method, path, body, options);
    if (answer.status === 403 && answer.text.includes('CSRF')) {
      this.#csrf.forget();
      answer = await this.#tryUntilAnswered(method, path, body, options);
    }
    if (answer.status < 300 || options.accept?.includes(answer.status)) return answer;
    throw new PrefectHttpError(`${method} ${path}`, answer.status, answer.text);
  }

  /** Ends the kept connections, so that they do not hold the process. */
  close(): void {
    this.#transport.close();
  }

  async #tryUntilAnswered(
    method: string,
    path: string,
    body: string | undefined,
    options: RequestOptions,
  ): Promise<PrefectAnswer> {
    const { retry } = this.settings;
    const most = options.maxRetries ?? retry.maxRetries;
    for (let tries = 0, wasLost = false; ;) {
      const answer = await this.#once(method, path, body, options).catch((error: unknown) =>
        this.#orGiveUp(error, tries >= most),
      );
      const isFinal = answer !== undefined && !isTransient(answer, retry);
      if (isFinal || (answer !== undefined && tries >= most && !isMaintenance(answer))) return answer;
      wasLost ||= answer === undefined || !isTurnedAway(answer);
      await waitFor(retryDelayMs(tries, retry.jitter, answer), options.signal);
      if (answer === undefined || !isMaintenance(answer)) tries += 1;
      const data = wasLost ? await options.answered?.() : undefined;
      if (data !== undefined) return { status: 200, headers: {}, text: '', data };
    }
  }

  /** A server that was never reached, and refuses or speaks as another, is not there; one that was reached comes back. */
  #orGiveUp(error: unknown, last: boolean): undefined {
    const refused = error instanceof PrefectUnreadable || (error instanceof PrefectUnreachable && isRefusal(error.cause));
    if (!(error instanceof PrefectUnreachable) || last || (refused && !this.#reached)) throw error;
    return undefined;
  }

  async #once(
    method: string,
    path: string,
    body: string | undefined,
    { signal, asText = false }: RequestOptions,
  ): Promise<PrefectAnswer> {
    const changes = method !== 'GET' && method !== 'HEAD';
    const headers = { ...this.headers(body !== undefined), ...(changes ? await this.#csrf.headers() : {}) };
    const answer = await this.#transport.send({
      method,
      url: this.base + path,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    const data = answer.status < 300 && !asText ? read(`${method} ${path}`, answer.text) : undefined;
    this.#reached = true;
    return { ...answer, data };
  }

  /** What every request says of who asks. */
  headers(hasBody: boolean): Record<string, string> {
    const { authorization, headers } = this.settings;
    return {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': `prefect/${speaksAs} (API ${apiVersion})`,
      'x-prefect-api-version': apiVersion,
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      ...headers,
      ...(authorization === null ? {} : { authorization }),
    };
  }
}

/** @throws PrefectUnreadable */
function read(request: string, text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new PrefectUnreadable(`${request} answered something that is not JSON: ${text.slice(0, 200)}`);
  }
}

function isRefusal(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || isUntrusted(cause);
}
