import { parseArgs } from 'node:util';

export type DemoLanguageName = 'python' | 'typescript';

/** What the demo was asked to do. */
export type DemoOptions = { readonly help: true } | { readonly help: false; readonly keep: boolean; readonly port?: number; readonly language: DemoLanguageName } | { readonly mistake: string };

/** Reads `--keep`, `--port <number>`, `--language <name>` and `--help`; everything else is a mistake. */
export function readOptions(args: readonly string[]): DemoOptions {
  try {
    const { values } = parseArgs({ args: [...args], options: { keep: { type: 'boolean' }, port: { type: 'string' }, language: { type: 'string', default: 'python' }, help: { type: 'boolean', short: 'h' } } });
    if (values.help === true) return { help: true };
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) return { mistake: `--port ${values.port}` };
    const { language } = values;
    if (language !== 'python' && language !== 'typescript') return { mistake: `--language ${language}` };
    return { help: false, keep: values.keep === true, language, ...(port === undefined ? {} : { port }) };
  } catch (error) {
    return { mistake: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}
