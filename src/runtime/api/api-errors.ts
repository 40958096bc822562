/** A failure between this process and Prefect's server: what happened, and what to do about it. */
export class PrefectApiError extends Error {
  override readonly name: string = 'PrefectApiError';
}

/** No answer came: refused, reset, timed out, a broken reply. */
export class PrefectUnreachable extends PrefectApiError {
  override readonly name: string = 'PrefectUnreachable';
}

/** Something answered that is not Prefect's server, or not all of it: a proxy's page, half a reply. */
export class PrefectUnreadable extends PrefectUnreachable {
  override readonly name = 'PrefectUnreadable';
}

/** The server answered, and said no. */
export class PrefectHttpError extends PrefectApiError {
  override readonly name = 'PrefectHttpError';
  /** The HTTP status. */
  readonly status: number;
  /** What the server said, as text. */
  readonly answer: string;

  constructor(request: string, status: number, answer: string) {
    super(`Prefect's server answered ${status} to ${request}: ${spoken(answer)}${adviceFor(status)}`);
    this.status = status;
    this.answer = answer;
  }
}

/** The server is older than what a request needs. */
export class PrefectTooOld extends PrefectApiError {
  override readonly name = 'PrefectTooOld';
}

/** A setting that cannot be read. */
export class PrefectSettingsError extends PrefectApiError {
  override readonly name = 'PrefectSettingsError';
}

/** The server's own words out of the several shapes it has for them. */
function spoken(answer: string): string {
  try {
    const body = JSON.parse(answer) as { detail?: unknown; exception_message?: unknown; exception_detail?: unknown };
    const said = body.detail ?? body.exception_detail ?? body.exception_message ?? answer;
    return (typeof said === 'string' ? said : JSON.stringify(said)).slice(0, 1000);
  } catch {
    return answer.slice(0, 300);
  }
}

function adviceFor(status: number): string {
  if (status === 401) return ' (set PREFECT_API_KEY or PREFECT_API_AUTH_STRING; a key may have expired)';
  if (status === 403) return ' (the key does not allow this)';
  return '';
}

/** The server read it, and will never take it. */
export function isRefusal(error: unknown): boolean {
  return error instanceof PrefectHttpError && [400, 413, 422].includes(error.status);
}
