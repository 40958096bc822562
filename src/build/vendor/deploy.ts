#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ScalarTag } from 'yaml';
import { parseDocument } from 'yaml';
import { PrefectClient } from '../../runtime/api/client.ts';
import { readSettings } from '../../runtime/api/settings.ts';
import type { Deployed } from '../../runtime/deploy/deploy.ts';
import { deploy } from '../../runtime/deploy/deploy.ts';
import { DeployError } from '../../runtime/deploy/deploy-error.ts';
import { hasChanges, showPlan } from '../../runtime/deploy/plan-deployment.ts';
import { runProgram } from './run-program.ts';

const help = `Usage: node deploy.mjs [options] [name...]

Makes the deployments of prefect.yaml, or those named, stand on the server as the file says.
Deployed twice, the second time changes nothing. Build steps run, also in a dry run; push steps do not.

Options:
  --dry-run             say what would change, and change nothing on the server
  --prefect-file <file> the file to read (default: prefect.yaml)
  --json                the plan as JSON on stdout
  --help                this text

Environment: PREFECT_API_URL, or the active Prefect profile.
Exit codes: 0 done, 2 the file or the command line is wrong, 3 the server is not there or lacks a work pool.
`;

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      'prefect-file': { type: 'string', default: 'prefect.yaml' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(help);
  const file = resolve(values['prefect-file']);
  const settings = readSettings();
  if (settings.apiUrl === null) throw new DeployError('environment', 'PREFECT_API_URL is not set, and the active profile names no server');
  const client = new PrefectClient(settings.apiUrl, settings);
  try {
    const deployed = await deploy({
      client,
      document: await readYaml(file),
      folder: dirname(file),
      names: positionals,
      dryRun: values['dry-run'],
      env: process.env,
      say: (text) => void process.stderr.write(text),
    });
    return say(values.json ? `${JSON.stringify(asJson(deployed, values['dry-run']), null, 2)}\n` : show(deployed, settings.uiUrl));
  } finally {
    client.close();
  }
}

const timestamp = 'tag:yaml.org,2002:timestamp';
const letter: ScalarTag = { tag: 'tag:yaml.org,2002:str', default: true, test: /^[yYnN]$/, resolve: (text) => text };

/** @throws DeployError with the line of what is wrong */
async function readYaml(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DeployError('file', `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  // Prefect reads it as YAML 1.1: there, yes and off are true and false; but its parser leaves y and n alone, and a date
  // comes to the server as the text that it is.
  const document = parseDocument(text, { version: '1.1', merge: true, customTags: (tags) => [letter, ...tags.filter((each) => each !== 'timestamp' && (each as { tag?: string }).tag !== timestamp)] });
  const [first] = document.errors;
  if (first !== undefined) throw new DeployError('file', `${file}: ${first.message}`);
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}

function show(deployed: readonly Deployed[], uiUrl: string | null): string {
  const lines = deployed.flatMap(({ plan, id }) => [showPlan(plan), ...(uiUrl === null || id === null ? [] : [`  ${uiUrl}/deployments/deployment/${id}`])]);
  return `${lines.join('\n')}\n`;
}

function asJson(deployed: readonly Deployed[], dryRun: boolean): object {
  const deployments = deployed.map(({ plan, id }) => ({
    name: `${plan.desired.flowName}/${plan.desired.name}`,
    id,
    change: plan.standing === null ? 'new' : hasChanges(plan) ? 'changed' : 'none',
    fields: plan.fields,
    schedules: plan.schedules,
  }));
  return { schemaVersion: 1, dryRun, deployments };
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

await runProgram('deploy', main);
