import { PrefectSettingsError } from './api-errors.ts';
import type { Values } from './settings-sources.ts';
import { firstOf, settingsSources } from './settings-sources.ts';

/** What Prefect's own client reads, and three bounds of ours. Times in milliseconds. */
export interface Settings {
  /** Ends in `/api`; null when nothing is to be reported. */
  readonly apiUrl: string | null;
  readonly uiUrl: string | null;
  /** The whole Authorization header. */
  readonly authorization: string | null;
  /** What a websocket's first message carries. */
  readonly token: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { readonly certificates: string | null; readonly verify: boolean };
  readonly requestTimeoutMs: number;
  readonly retry: RetrySettings;
  readonly csrf: boolean;
  readonly heartbeatMs: number | null;
  readonly logs: LogSettings;
  readonly report: ReportSettings;
}

export interface RetrySettings {
  readonly maxRetries: number;
  readonly jitter: number;
  readonly statuses: ReadonlySet<number>;
}

export interface LogSettings {
  readonly enabled: boolean;
  readonly intervalMs: number;
  /** Characters. */
  readonly batchSize: number;
  readonly maxSize: number;
}

export interface ReportSettings {
  /** How long the end of a run may wait for the server, at most. */
  readonly drainMs: number;
  /** How long it waits when the server makes no progress. */
  readonly stallMs: number;
  /** Events that may be on their way: posted, and not yet seen in the server's rows. */
  readonly window: number;
  /** Last states of task runs that may wait, by number and by size. */
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/**
 * Reads the settings as Prefect's client does.
 * @throws PrefectSettingsError when a value is not what the setting needs
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env, folder: string = process.cwd()): Settings {
  return settingsFrom(settingsSources(env, folder));
}

export function settingsFrom(sources: readonly Values[]): Settings {
  const text = (name: string): string | undefined => firstOf(sources, name) || undefined;
  const apiUrl = readUrl(text('PREFECT_API_URL'));
  return {
    apiUrl,
    uiUrl: text('PREFECT_UI_URL') ?? uiOf(apiUrl),
    authorization: authorizationOf(text('PREFECT_API_AUTH_STRING'), text('PREFECT_API_KEY')),
    token: text('PREFECT_API_AUTH_STRING') ?? text('PREFECT_API_KEY') ?? null,
    headers: readHeaders(text('PREFECT_CLIENT_CUSTOM_HEADERS')),
    tls: {
      certificates: text('PREFECT_API_SSL_CERT_FILE') ?? text('SSL_CERT_FILE') ?? null,
      verify: !readBoolean(text('PREFECT_API_TLS_INSECURE_SKIP_VERIFY'), false),
    },
    requestTimeoutMs: 1000 * readNumber('PREFECT_API_REQUEST_TIMEOUT', text, 60),
    retry: readRetry(text),
    csrf: readBoolean(text('PREFECT_CLIENT_CSRF_SUPPORT_ENABLED'), true),
    heartbeatMs: readHeartbeat(text),
    logs: readLogs(text),
    report: readReport(text),
  };
}

type Read = (name: string) => string | undefined;

function readRetry(text: Read): RetrySettings {
  const extra = (text('PREFECT_CLIENT_RETRY_EXTRA_CODES') ?? '').split(/[,\s]+/).map(Number);
  return {
    maxRetries: readNumber('PREFECT_CLIENT_MAX_RETRIES', text, 5),
    jitter: readNumber('PREFECT_CLIENT_RETRY_JITTER_FACTOR', text, 0.2),
    statuses: new Set([408, 429, 502, 503, ...extra.filter((each) => each >= 400)]),
  };
}

/** At least 30 s, as Prefect has it; without the setting none is sent more often than Prefect's default. */
function readHeartbeat(text: Read): number | null {
  const said = text('PREFECT_FLOWS_HEARTBEAT_FREQUENCY');
  if (said !== undefined && /^(none|null)$/i.test(said)) return null;
  return 1000 * Math.max(30, readNumber('PREFECT_FLOWS_HEARTBEAT_FREQUENCY', text, 180));
}

function readLogs(text: Read): LogSettings {
  return {
    enabled: readBoolean(text('PREFECT_LOGGING_TO_API_ENABLED'), true),
    intervalMs: 1000 * readNumber('PREFECT_LOGGING_TO_API_BATCH_INTERVAL', text, 2),
    batchSize: readNumber('PREFECT_LOGGING_TO_API_BATCH_SIZE', text, 4_000_000),
    maxSize: readNumber('PREFECT_LOGGING_TO_API_MAX_LOG_SIZE', text, 1_000_000),
  };
}

function readReport(text: Read): ReportSettings {
  return {
    drainMs: 1000 * readNumber('KPI_FLOW_REPORT_SECONDS', text, 600),
    stallMs: 1000 * readNumber('KPI_FLOW_REPORT_STALL_SECONDS', text, 120),
    window: readNumber('KPI_FLOW_REPORT_WINDOW', text, 2000),
    maxEvents: readNumber('KPI_FLOW_REPORT_QUEUE', text, 20_000),
    maxBytes: 16 * 1024 * 1024,
  };
}

function readUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, '');
  throw new PrefectSettingsError(`PREFECT_API_URL is not an address: ${text} (it looks like http://host:4200/api)`);
}

function uiOf(apiUrl: string | null): string | null {
  return apiUrl === null ? null : apiUrl.replace(/\/api$/, '');
}

function authorizationOf(user: string | undefined, key: string | undefined): string | null {
  if (user !== undefined) return `Basic ${Buffer.from(user).toString('base64')}`;
  return key === undefined ? null : `Bearer ${key}`;
}

function readHeaders(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  try {
    const headers: unknown = JSON.parse(text);
    if (typeof headers !== 'object' || headers === null) throw new Error('not an object');
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  } catch {
    throw new PrefectSettingsError('PREFECT_CLIENT_CUSTOM_HEADERS is not a JSON object');
  }
}

function readBoolean(text: string | undefined, otherwise: boolean): boolean {
  return text === undefined ? otherwise : /^(1|true|t|yes|y|on)$/i.test(text);
}

function readNumber(name: string, text: Read, otherwise: number): number {
  const said = text(name);
  const value = said === undefined ? otherwise : Number(said);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new PrefectSettingsError(`${name} is not a number: ${said ?? ''}`);
}
