import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { clackPrompter } from '../../src/edge/prompts.ts';
import { Cancelled } from '../../src/errors/cancelled.ts';
import type { Prompter } from '../../src/jobs/ports.ts';

const down = '\u001b[B';
const texts = { back: '← back', backHint: '(< goes back)', enter: (initial: string) => `Enter: ${initial}` };

function open(options: { colored?: boolean; signal?: AbortSignal } = {}) {
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => input,
  }) as unknown as NodeJS.ReadStream;
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  let drawn = '';
  output.on('data', (chunk) => (drawn += String(chunk)));
  const prompter = clackPrompter({
    input,
    output: output as unknown as NodeJS.WriteStream,
    colored: false,
    signal: new AbortController().signal,
    texts,
    ...options,
  });
  const type = async (...keys: string[]): Promise<void> => {
    for (const key of keys) {
      await sleep(10);
      (input as unknown as PassThrough).write(key);
    }
  };
  return { prompter, type, drawn: () => drawn, input: input as unknown as PassThrough };
}

const question = {
  label: 'Name',
  help: 'As people say it.',
  initial: 'Stock',
  back: true,
  check: (text: string) => (text === 'bad' ? 'not this one' : undefined),
};
const choice = {
  label: 'Type',
  help: '',
  back: true,
  choices: [
    { value: 'simple', label: 'simple' },
    { value: 'ratio', label: 'ratio' },
  ],
};

async function answer<Value>(ask: (prompter: Prompter) => Promise<Value>, ...keys: string[]) {
  const { prompter, type, drawn } = open();
  const [value] = await Promise.all([ask(prompter).catch((error: unknown) => error), type(...keys)]);
  return { value, drawn: drawn() };
}

describe('a text question', () => {
  it.each<[string, string[], unknown]>([
    ['what was typed', ['Ventas', '\r'], { kind: 'answer', value: 'Ventas' }],
    ['the default on Enter', ['\r'], { kind: 'answer', value: 'Stock' }],
    ['the way back on <', ['<', '\r'], { kind: 'back' }],
    [
      'what is right after what was wrong',
      ['bad', '\r', '\u007f\u007f\u007f', 'good', '\r'],
      { kind: 'answer', value: 'good' },
    ],
  ])('gives %s', async (_, keys, expected) => {
    expect((await answer((prompter) => prompter.text(question), ...keys)).value).toEqual(expected);
  });

  it('shows its one line of help, its default and how to go back', async () => {
    const { drawn } = await answer((prompter) => prompter.text(question), '\r');
    for (const text of ['As people say it.', 'Enter: Stock', '(< goes back)']) expect(drawn).toContain(text);
  });

  it('takes < as an answer when there is no way back', async () => {
    const first = { ...question, back: false };
    expect((await answer((prompter) => prompter.text(first), '<', '\r')).value).toEqual({ kind: 'answer', value: '<' });
  });
});

describe('a choice', () => {
  it('gives what was chosen, from where it starts', async () => {
    expect((await answer((prompter) => prompter.select(choice), down, '\r')).value).toEqual({
      kind: 'answer',
      value: 'ratio',
    });
    expect((await answer((prompter) => prompter.select({ ...choice, initial: 'ratio' }), '\r')).value).toEqual({
      kind: 'answer',
      value: 'ratio',
    });
  });

  it('has a row that goes back', async () => {
    expect((await answer((prompter) => prompter.select(choice), down, down, '\r')).value).toEqual({ kind: 'back' });
  });
});

describe('stopping', () => {
  it.each([
    ['Ctrl-C', '\u0003'],
    ['Esc', '\u001b'],
    ['Ctrl-D', '\u0004'],
  ])('%s is a stop in every kind of question', async (_, key) => {
    expect((await answer((prompter) => prompter.text(question), key)).value).toBeInstanceOf(Cancelled);
    expect((await answer((prompter) => prompter.select(choice), key)).value).toBeInstanceOf(Cancelled);
  });

  it('the end of the input is a stop', async () => {
    const { prompter, input } = open();
    const work = prompter.text(question).catch((error: unknown) => error);
    input.end();
    expect(await work).toBeInstanceOf(Cancelled);
  });

  it('a signal to the process stops with its own exit code', async () => {
    const controller = new AbortController();
    const { prompter } = open({ signal: controller.signal });
    const work = prompter.text(question).catch((error: unknown) => error);
    controller.abort(new Cancelled(143));
    expect(await work).toMatchObject({ name: 'Cancelled', exitCode: 143 });
  });
});

describe('colours', () => {
  // oxlint-disable-next-line no-control-regex
  const color = /\u001b\[[0-9;]*m/;

  it('are left out for who wants none', async () => {
    const { drawn } = await answer((prompter) => prompter.text(question), '\r');
    expect(drawn).not.toMatch(color);
  });
});
