import { setMaxListeners } from 'node:events';
import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { isCancel, note, S_BAR, select, text, updateSettings } from '@clack/prompts';
import { Cancelled } from '../errors/cancelled.ts';
import type { Prompter, Reply, SelectQuestion, TextQuestion } from '../jobs/ports.ts';

/** What goes back when it is typed alone. */
export const backKey = '<';

export interface PromptOptions {
  readonly input: NodeJS.ReadStream;
  /** Prompts are drawn on stderr: stdout is for results. */
  readonly output: NodeJS.WriteStream;
  readonly colored: boolean;
  readonly signal: AbortSignal;
  readonly texts: { readonly back: string; readonly backHint: string; readonly enter: (initial: string) => string };
}

/** Asks on a terminal. Loaded only when there is something to ask. */
export function clackPrompter(options: PromptOptions): Prompter {
  const output = options.colored ? options.output : withoutColor(options.output);
  const streams = { input: options.input, output, signal: stopOrEnd(options) };
  // The end of the input (Ctrl-D) would leave the library waiting for ever, and Node would end with code 13.
  updateSettings({ aliases: { '\u0004': 'cancel' } });
  return {
    show: (title, lines) => note(lines.join('\n'), title, { output, format: (line) => line }),
    text: (question) => askText(question, streams, options.texts),
    select: (question) => askSelect(question, streams, options.texts),
  };
}

/** The person says stop, or their terminal is gone. */
function stopOrEnd({ input, signal }: PromptOptions): AbortSignal {
  const gone = new AbortController();
  input.once('end', () => gone.abort(new Cancelled()));
  const either = AbortSignal.any([signal, gone.signal]);
  // Every question listens for a while; that is no leak.
  setMaxListeners(0, either);
  return either;
}

interface Streams {
  readonly input: NodeJS.ReadStream;
  readonly output: Writable;
  readonly signal: AbortSignal;
}

async function askText(question: TextQuestion, streams: Streams, texts: PromptOptions['texts']): Promise<Reply> {
  const { initial, back, check } = question;
  const hints = [...(initial === '' ? [] : [texts.enter(initial)]), ...(back ? [texts.backHint] : [])];
  const answer = await text({
    ...streams,
    message: titled(question.label, question.help, streams.output),
    ...(hints.length > 0 && { placeholder: hints.join('   ') }),
    ...(initial !== '' && { defaultValue: initial }),
    validate: (typed) => (back && isBack(typed) ? undefined : check(orInitial(typed, initial))),
  });
  const typed = settled(answer, streams.signal);
  return back && isBack(typed) ? { kind: 'back' } : { kind: 'answer', value: orInitial(typed, initial) };
}

const backRow = '\u0000back';

async function askSelect(question: SelectQuestion, streams: Streams, texts: PromptOptions['texts']): Promise<Reply> {
  const rows = question.choices.map(({ value, label, hint }) => ({
    value,
    label,
    ...(hint !== undefined && { hint }),
  }));
  const answer = await select<string>({
    ...streams,
    message: question.help === '' ? question.label : `${question.label}\n${styleText('dim', question.help)}`,
    options: question.back ? [...rows, { value: backRow, label: texts.back }] : rows,
    ...(question.initial !== undefined && { initialValue: question.initial }),
    showInstructions: false,
  });
  const chosen = settled(answer, streams.signal);
  return chosen === backRow ? { kind: 'back' } : { kind: 'answer', value: chosen };
}

/** The help under a label, beside the same bar as everything else: the library draws it for choices only. */
function titled(label: string, help: string, output: Writable & { readonly columns?: number }): string {
  const lines = wrapWords(help, (output.columns ?? 80) - 4);
  return [label, ...lines.map((line) => `${styleText('gray', S_BAR)}  ${styleText('dim', line)}`)].join('\n');
}

function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Ctrl-C and Esc come as a symbol; a signal to the process as well. */
function settled(answer: string | symbol, signal: AbortSignal): string {
  if (!isCancel(answer)) return String(answer ?? '');
  signal.throwIfAborted();
  throw new Cancelled();
}

function isBack(typed: string | undefined): boolean {
  return typed?.trim() === backKey;
}

function orInitial(typed: string | undefined, initial: string): string {
  return typed === undefined || typed.trim() === '' ? initial : typed.trim();
}

/** The prompts' library always colours; who asked for no colour gets the same drawing without it. */
function withoutColor(output: NodeJS.WriteStream): Writable {
  // oxlint-disable-next-line no-control-regex
  const colors = /\u001b\[[0-9;]*m/g;
  const plain = new Writable({
    write: (chunk, _, done) => {
      output.write(String(chunk).replace(colors, ''));
      done();
    },
  });
  const size = (name: 'columns' | 'rows') => ({ get: () => output[name] });
  Object.defineProperties(plain, { columns: size('columns'), rows: size('rows'), isTTY: { value: true } });
  output.on('resize', () => plain.emit('resize'));
  return plain;
}
