import type { Locale } from '../errors/bilingual.ts';
import type { Problem } from '../errors/failure.ts';
import { uiOf } from '../messages/speak.ts';
import { planCreation } from '../plan/plan.ts';
import type { CreateResult } from './create.ts';
import { quote } from './replay.ts';

/** Something that could not be done, why, and the command that does it later. */
export interface Pending {
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly commands: readonly string[];
}

/** What is left to do because this machine could not, from inside the repository. */
export function pendingOf({ git, install, site, input, dryRun }: CreateResult, locale: Locale): Pending[] {
  const ui = uiOf(locale).create;
  const message = quote(uiOf(input.locale).create.commitMessage(input.name));
  const commit = `git add --all && git commit -m ${message}`;
  const pending: Pending[] = [];
  const add = (text: string, commands: readonly string[], problems: readonly Problem[] = []): void =>
    void pending.push({ text, commands, problems });
  if (dryRun) return [];
  if (site.state === 'git-only' && input.git) add(ui.gitClone, [commit]);
  if ('done' in git && !git.done)
    add(gitText(git, locale), [git.reason === 'inside' ? commit : `git init && ${commit}`]);
  if ('done' in git && git.done && git.identity === 'fallback')
    add(ui.gitFallback, ['git config --global user.name "…"', 'git config --global user.email "…"']);
  if ('done' in install && !install.done)
    add(input.language === 'typescript' ? ui.packagesNotInstalled : ui.notInstalled, [install.command], install.problems);
  return pending;
}

function gitText(
  git: { readonly reason: 'missing' | 'inside' | 'failed'; readonly detail?: string },
  locale: Locale,
): string {
  const ui = uiOf(locale).create;
  if (git.reason === 'failed') return ui.gitFailed(git.detail ?? '');
  return git.reason === 'missing' ? ui.noGit : ui.gitInside;
}

/** Three lines to copy: into the folder, then what makes or tests it, then what runs it. */
export function nextSteps({ input, install }: CreateResult, platform: string): string[] {
  const python = platform === 'win32' ? '.venv\\Scripts\\python' : '.venv/bin/python';
  const ready = 'done' in install && install.done;
  const into = input.dir === '.' ? [] : [`cd ${quote(input.dir)}`];
  if (input.language === 'typescript') return [...into, ready ? 'npm test' : 'npm install', 'npm run flow'];
  const second = ready ? `${python} -m pytest` : 'done' in install ? install.command : installByHand(platform);
  return [
    ...into,
    second,
    `${python} -m prefect_flows.${input.id}_flow`,
  ];
}

/** How the environment is made with nothing but Python; pip takes dependency groups from 25.1 on. */
export function installByHand(platform: string): string {
  const [start, python, and] =
    platform === 'win32' ? ['py -3', '.venv\\Scripts\\python', ';'] : ['python3', '.venv/bin/python', ' &&'];
  return `${start} -m venv .venv${and} ${python} -m pip install --upgrade pip${and} ${python} -m pip install -e . --group dev`;
}

/** The plan and what came of it, as data for other programs. Keys and codes are never translated. */
export function resultData(result: CreateResult, locale: Locale, platform: string): object {
  const { folder, dryRun, answers, tree, git, install, again } = result;
  return {
    schemaVersion: 1,
    command: 'create',
    ok: true,
    dryRun,
    folder,
    answers,
    changes: planCreation(tree).ops.map((op) => ({
      action: op.kind,
      path: op.path,
      owner: op.owner,
      ...('after' in op && { bytes: byteLength(op.after) }),
    })),
    git,
    install:
      'problems' in install
        ? { done: false, codes: install.problems.map(({ code }) => code), command: install.command }
        : install,
    pending: pendingOf(result, locale).map(({ text, commands }) => ({ text, commands })),
    nextSteps: nextSteps(result, platform),
    again: again.text,
  };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
