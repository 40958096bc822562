import { version } from 'virtual:version';
import { project } from '../../generators/project.ts';
import { nodeDisk } from '../edge/disk.ts';
import { nodeEnvironment, wallClock } from '../edge/environment.ts';
import { create } from '../jobs/create.ts';
import type { CreatePorts, CreateRequest } from '../jobs/create.ts';
import { mergeAnswers } from '../jobs/create-answers.ts';
import type { Given } from '../jobs/create-answers.ts';
import type { Git, NodePackages, PythonEnvironment } from '../jobs/ports.ts';
import { uiOf } from '../messages/speak.ts';
import { showResult } from './create-report.ts';
import { answersInFlags, answersInVariables, flagsKeptByNpm } from './given-answers.ts';
import type { NpmFlags } from './given-answers.ts';
import { openPrompter } from './open-prompter.ts';
import type { Session } from './run.ts';

/** `create`: joins the answers of every door, and makes the repository. */
export async function runCommand(session: Session): Promise<number> {
  const { parsed, streams, terminal, locale } = session;
  const npm = flagsKeptByNpm(streams.env);
  if (npm.force || parsed.flags['force'] === true) terminal.note(uiOf(locale).create.forceIgnored);
  const json = npm.json || parsed.flags['json'] === true;
  const request = requestOf(session, npm, await readGiven(session));
  const asks = !request.takeDefaults && terminal.canAsk;
  const result = await create(project, request, portsOf(session, asks));
  await showResult(result, { terminal, locale, json, platform: process.platform });
  return 0;
}

async function readGiven({ parsed, streams }: Session): Promise<Given> {
  const file = parsed.flags['config'];
  const inFile = typeof file === 'string' ? await (await import('./answers-file.ts')).readAnswersFile(file) : {};
  return mergeAnswers(answersInFlags(parsed), answersInVariables(streams.env), inFile);
}

function requestOf({ parsed, locale }: Session, npm: NpmFlags, given: Given): CreateRequest {
  const isOn = (key: string): boolean => parsed.flags[key] === true;
  return { given, takeDefaults: isOn('yes') || npm.yes, dryRun: isOn('dry-run') || npm.dryRun, locale, version };
}

/** git, Python and the prompts are loaded when they are used: most of the time of a short run is loading. */
function portsOf(session: Session, asks: boolean): CreatePorts {
  const { streams, terminal, signal } = session;
  return {
    disk: nodeDisk(signal),
    git: lazyGit(streams.env, signal),
    python: lazyPython(streams.env),
    node: lazyNode(streams.env),
    reporter: terminal,
    clock: wallClock,
    environment: nodeEnvironment(),
    signal,
    ...(asks && { openPrompter: () => openPrompter(session) }),
  };
}

function lazyGit(env: NodeJS.ProcessEnv, signal: AbortSignal): Git {
  const load = async (): Promise<Git> => (await import('../edge/git.ts')).nodeGit(env, signal);
  return {
    owner: async () => (await load()).owner(),
    firstCommit: async (...job) => (await load()).firstCommit(...job),
  };
}

function lazyPython(env: NodeJS.ProcessEnv): PythonEnvironment {
  return {
    install: async (...job) =>
      (await import('../edge/python-environment.ts')).createPythonEnvironment(env).install(...job),
  };
}

function lazyNode(env: NodeJS.ProcessEnv): NodePackages {
  return {
    install: async (...job) => (await import('../edge/node-packages.ts')).createNodePackages(env).install(...job),
  };
}
