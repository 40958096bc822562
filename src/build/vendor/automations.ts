#!/usr/bin/env node
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDocument } from 'yaml';
import { PrefectClient } from '../../runtime/api/client.ts';
import { readSettings } from '../../runtime/api/settings.ts';
import type { AutomationFile } from '../../runtime/deploy/automations.ts';
import { switchOn } from '../../runtime/deploy/automations.ts';
import { DeployError } from '../../runtime/deploy/deploy-error.ts';
import { runProgram } from './run-program.ts';

const help = `Usage: node automations.mjs [folder]

Switches on the automations of a folder's YAML files (default: automations). One of the same name is updated.
A file names the block that sends as type/name, such as slack-webhook/on-call.

Environment: PREFECT_API_URL, or the active Prefect profile.
Exit codes: 0 done, 2 a file or the command line is wrong, 3 the server is not there or lacks a block.
`;

await runProgram('automations', async (args) => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { help: { type: 'boolean', default: false } } });
  const settings = readSettings();
  if (values.help) process.stdout.write(help);
  else if (settings.apiUrl === null) throw new DeployError('environment', 'PREFECT_API_URL is not set, and the active profile names no server');
  else {
    const client = new PrefectClient(settings.apiUrl, settings);
    try {
      const names = await switchOn(client, await readFiles(resolve(positionals[0] ?? 'automations')));
      process.stdout.write(names.map((name) => `${name}\n`).join(''));
    } finally {
      client.close();
    }
  }
  return 0;
});

/** @throws DeployError with every file that is no YAML */
async function readFiles(folder: string): Promise<AutomationFile[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new DeployError('file', `${folder} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  const yaml = names.filter((name) => /\.ya?ml$/.test(name)).toSorted();
  const documents = await Promise.all(yaml.map(async (name) => ({ name, document: parseDocument(await readFile(join(folder, name), 'utf8')) })));
  const wrong = documents.flatMap(({ name, document }) => document.errors.slice(0, 1).map(({ message }) => `${name}: ${message.split('\n')[0]}`));
  if (wrong.length > 0) throw new DeployError('file', wrong.join('\n'));
  return documents.map(({ name, document }) => ({ name, content: document.toJS({ maxAliasCount: 100 }) as unknown }));
}
