import { runDocs } from './docs/run-docs.ts';

process.exitCode = await runDocs(process.argv.slice(2), process.cwd(), (line) => process.stdout.write(`${line}\n`));
