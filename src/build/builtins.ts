import { parseSync } from 'rolldown/utils';
import type { Plugin } from 'rolldown';

/**
 * Takes Node's own modules from `process.getBuiltinModule` instead of importing them. An import makes Node read every
 * property of the module, and reading all of `node:fs` loads the streams as well: 3 ms before a line of ours runs.
 */
export function builtinsPlugin(): Plugin {
  return {
    name: 'kpi-flow:builtins',
    renderChunk: (code, { fileName }) => replaceImports(code, fileName),
  };
}

/** The code with each static import of a `node:` module turned into constants; all else stays as it is. */
export function replaceImports(code: string, fileName: string): string {
  const { staticImports } = parseSync(fileName, code).module;
  const ofNode = staticImports.filter(({ moduleRequest }) => moduleRequest.value.startsWith('node:'));
  return ofNode.toReversed().reduce((text, { start, end, entries, moduleRequest: { value } }) => {
    const module = `process.getBuiltinModule(${JSON.stringify(value)})`;
    const constants = entries.map(({ importName, localName }) => {
      const name = importName.kind === 'Name' ? `.${importName.name}` : '';
      return `const ${localName.value} = ${module}${name};`;
    });
    return text.slice(0, start) + constants.join('\n') + text.slice(end);
  }, code);
}
