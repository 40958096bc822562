import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { TerminalOptions } from '../../src/edge/terminal.ts';
import { canAsk, guardStreams, isColored, nodeTerminal } from '../../src/edge/terminal.ts';

const tty = { isTTY: true, columns: 80 } as unknown as TerminalOptions['stderr'];
const pipe = {} as TerminalOptions['stderr'];
const texts = {
  done: (name: string, seconds: string) => `${name} done ${seconds}`,
  failed: (name: string) => `${name} failed`,
};

function open(isTTY: boolean, env: NodeJS.ProcessEnv = {}) {
  const streams = { stdout: new PassThrough(), stderr: Object.assign(new PassThrough(), { isTTY, columns: 80 }) };
  const read = (stream: PassThrough) => String(stream.read() ?? '');
  return {
    terminal: nodeTerminal({ env, stdin: {}, texts, ...streams }),
    out: () => read(streams.stdout),
    err: () => read(streams.stderr),
  };
}

describe('whether somebody can be asked', () => {
  it.each<[string, Partial<TerminalOptions>, boolean]>([
    ['terminals at both ends', {}, true],
    ['stdin is a pipe', { stdin: {} }, false],
    ['stderr is a pipe', { stderr: pipe }, false],
    ['CI is set', { env: { CI: 'true' } }, false],
    ['CI is set to nothing', { env: { CI: '' } }, true],
    ['the terminal cannot draw', { env: { TERM: 'dumb' } }, false],
    ['the terminal says 0 columns', { stderr: { isTTY: true, columns: 0 } as never }, false],
    ['the terminal has 19 columns', { stderr: { isTTY: true, columns: 19 } as never }, false],
  ])('%s', (_, change, expected) => {
    expect(canAsk({ env: {}, stdin: { isTTY: true }, stderr: tty, ...change })).toBe(expected);
  });
});

describe('colours', () => {
  it.each<[string, NodeJS.ProcessEnv, boolean | undefined, boolean, boolean]>([
    ['a terminal', {}, undefined, true, true],
    ['a pipe', {}, undefined, false, false],
    ['NO_COLOR wins over everything', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, true, false],
    ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, undefined, true, true],
    ['--no-color wins over FORCE_COLOR', { FORCE_COLOR: '1' }, false, true, false],
    ['--color in a pipe', {}, true, false, true],
    ['FORCE_COLOR in a pipe', { FORCE_COLOR: '1' }, undefined, false, true],
    ['FORCE_COLOR=0 at a terminal', { FORCE_COLOR: '0' }, undefined, true, false],
    ['an empty FORCE_COLOR says nothing', { FORCE_COLOR: '' }, undefined, false, false],
    ['a terminal that cannot', { TERM: 'dumb' }, undefined, true, false],
  ])('%s', (_, env, color, atTerminal, expected) => {
    expect(isColored(atTerminal ? tty : pipe, { env, color })).toBe(expected);
  });
});

describe('a long step', () => {
  it('is two plain lines in a pipe, on stderr', async () => {
    const { terminal, out, err } = open(false);
    expect(await terminal.step('Installing', async () => 7)).toBe(7);
    expect(err()).toMatch(/^Installing…\nInstalling done \d+\.\d\n$/);
    expect(out()).toBe('');
  });

  it('says so when its value is no success, and when it throws', async () => {
    const { terminal, err } = open(false);
    await terminal.step(
      'A',
      async () => false,
      (went) => went,
    );
    await expect(terminal.step('B', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(err()).toBe('A…\nA failed\nB…\nB failed\n');
  });

  it('ends as one line on a terminal', async () => {
    const { terminal, err } = open(true, { NO_COLOR: '1' });
    await terminal.step('Installing', async ({ detail }) => detail('\u001b[2Jpolars'));
    expect(err()).toMatch(/\r\u001b\[2K✔ Installing done \d+\.\d\n$/);
  });
});

describe('streams that go away', () => {
  it('says nothing of a reader that left, and tells any other fault', () => {
    const [stdout, stderr, faults] = [new PassThrough(), new PassThrough(), [] as string[]];
    guardStreams(stdout, stderr, (detail) => faults.push(detail));
    stdout.emit('error', Object.assign(new Error('gone'), { code: 'EPIPE' }));
    stderr.emit('error', Object.assign(new Error('gone'), { code: 'EIO' }));
    expect(faults).toEqual([]);
    stdout.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' }));
    expect(faults).toEqual(['ENOSPC']);
  });
});
