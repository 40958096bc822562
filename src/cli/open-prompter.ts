import type { Prompter } from '../jobs/ports.ts';
import { uiOf } from '../messages/speak.ts';
import type { Session } from './run.ts';

/** The prompts of a terminal. Their library is loaded only when there is something to ask. */
export async function openPrompter({ streams, terminal, locale, signal }: Session): Promise<Prompter> {
  const { clackPrompter } = await import('../edge/prompts.ts');
  return clackPrompter({
    input: streams.stdin,
    output: streams.stderr,
    colored: terminal.colored,
    signal,
    texts: uiOf(locale).prompt,
  });
}
