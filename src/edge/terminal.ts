import type { Progress, Reporter } from '../jobs/ports.ts';

/** The streams and settings that decide how a run talks to people. */
export interface TerminalOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  /** What `--color` or `--no-color` said. */
  readonly color?: boolean | undefined;
  /** How the end of a step is said. */
  readonly texts: {
    readonly done: (name: string, seconds: string) => string;
    readonly failed: (name: string, seconds: string) => string;
  };
}

export type Paint = (style: Style, text: string) => string;
export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';

export interface Terminal extends Reporter {
  /** Whether somebody is there who can be asked. */
  readonly canAsk: boolean;
  /** Whether stderr may carry colours. */
  readonly colored: boolean;
  readonly paint: Paint;
  /** The same for what goes to stdout, which may lead somewhere else. */
  readonly paintResult: Paint;
}

/** Below this a prompt is one letter a line: some pseudo-terminals say that they have 0 columns. */
const fewestColumns = 20;

/** Nothing is asked without a terminal at both ends, in CI, on a terminal that cannot draw, or on one with no room. */
export function canAsk({ env, stdin, stderr }: Pick<TerminalOptions, 'env' | 'stdin' | 'stderr'>): boolean {
  const drawn = stderr.isTTY === true && env['TERM'] !== 'dumb' && (stderr.columns ?? 0) >= fewestColumns;
  return drawn && !isCi(env) && stdin.isTTY === true;
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  return !['', '0', 'false'].includes(env['CI'] ?? '');
}

/** NO_COLOR, then the flag, then FORCE_COLOR, then whether it is a terminal that can. */
export function isColored(
  stream: { readonly isTTY?: boolean },
  { env, color }: Pick<TerminalOptions, 'env' | 'color'>,
): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if (color !== undefined) return color;
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced !== '') return !['0', 'false'].includes(forced);
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** How a run talks to people: results on stdout, everything else on stderr. */
export function nodeTerminal(options: TerminalOptions): Terminal {
  const colored = isColored(options.stderr, options);
  const paint = paintWith(colored);
  const note = (text: string): void => void options.stderr.write(`${text}\n`);
  return {
    get canAsk() {
      return canAsk(options);
    },
    colored,
    paint,
    paintResult: paintWith(isColored(options.stdout, options)),
    result: (text) => void options.stdout.write(`${text}\n`),
    note,
    warn: (text) => note(`${paint('yellow', '!')} ${text}`),
    step: (name, work, went = () => true) =>
      runStep(options, isLive(options) ? liveLine(options, paint, name) : plainLine(note, name), { name, work, went }),
  };
}

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
};

function paintWith(colored: boolean): Paint {
  return (style, text) => (colored ? `\u001b[${codes[style][0]}m${text}\u001b[${codes[style][1]}m` : text);
}

function isLive({ env, stderr }: TerminalOptions): boolean {
  return stderr.isTTY === true && env['TERM'] !== 'dumb' && !isCi(env) && (stderr.columns ?? 0) >= fewestColumns;
}

/** How a step shows that it goes on, and how it ended. */
interface StepLine {
  readonly progress: Progress;
  readonly end: (good: boolean, text: string) => void;
}

interface StepJob<Value> {
  readonly name: string;
  readonly work: (progress: Progress) => Promise<Value>;
  readonly went: (value: Value) => boolean;
}

async function runStep<Value>(
  { texts }: TerminalOptions,
  line: StepLine,
  { name, work, went }: StepJob<Value>,
): Promise<Value> {
  const started = performance.now();
  let good = false;
  try {
    const value = await work(line.progress);
    good = went(value);
    return value;
  } finally {
    line.end(good, (good ? texts.done : texts.failed)(name, secondsSince(started)));
  }
}

function plainLine(note: (text: string) => void, name: string): StepLine {
  note(`${name}…`);
  return { progress: { detail: () => undefined }, end: (_, text) => note(text) };
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

function liveLine({ stderr }: TerminalOptions, paint: Paint, name: string): StepLine {
  const started = performance.now();
  let [detail, frame] = ['', 0];
  const draw = (): void => {
    frame += 1;
    const line = `${name} ${secondsSince(started)} s ${detail}`.slice(0, (stderr.columns ?? 80) - 3);
    stderr.write(`\r\u001b[2K${paint('cyan', frames[frame % frames.length] ?? '')} ${line}`);
  };
  const timer = setInterval(draw, frameMs);
  return {
    progress: { detail: (text) => void (detail = withoutEscapes(text)) },
    end: (good, text) => {
      clearInterval(timer);
      stderr.write(`\r\u001b[2K${good ? paint('green', '✔') : paint('red', '✖')} ${text}\n`);
    },
  };
}

function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}

/** What another program prints must not move our cursor. */
function withoutEscapes(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/**
 * Makes a reader that went away (`kpi-flow --help | head -1`) no error, and any other fault of stdout one that
 * the exit code shows: a result that nobody could read is not a success.
 */
export function guardStreams(
  stdout: NodeJS.WritableStream,
  stderr: NodeJS.WritableStream,
  fault: (detail: string) => void,
): void {
  stderr.on('error', () => undefined);
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') fault(error.code ?? error.message);
  });
}
