import { readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { Plugin } from 'rolldown';

const resolved = '\0virtual:kinds';

/**
 * Gives `virtual:kinds`: every declaration of generators/kinds by the generator whose folder it stands in, so that a
 * new kind is a file there and is registered nowhere. Its name is the file's.
 */
export function kindsPlugin(root: string): Plugin {
  return {
    name: 'kpi-flow:kinds',
    resolveId: { filter: { id: /^virtual:kinds$/ }, handler: () => resolved },
    load: {
      filter: { id: /^\0virtual:kinds$/ },
      async handler() {
        const files = await listKinds(join(root, 'generators/kinds'));
        for (const { file } of files) this.addWatchFile(file);
        return { code: codeOf(files), moduleType: 'js', moduleSideEffects: false };
      },
    },
  };
}

interface KindFile {
  readonly file: string;
  readonly generator: string;
  readonly value: string;
}

async function listKinds(folder: string): Promise<KindFile[]> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.ts')).sort();
  return paths.map((path) => {
    const file = join(folder, path);
    const [generator = ''] = relative(folder, file).split(sep);
    return { file, generator, value: basename(file, '.ts') };
  });
}

/** The declared rank decides the order of a menu; the name does where two ranks are the same. */
function codeOf(files: readonly KindFile[]): string {
  const imports = files.map(({ file }, index) => `import { kind as kind${index} } from ${JSON.stringify(file)};`);
  const entries = [...new Set(files.map(({ generator }) => generator))].map((generator) => {
    const own = files.flatMap((each, index) => (each.generator === generator ? [`{ value: ${JSON.stringify(each.value)}, ...kind${index} }`] : []));
    return `  ${JSON.stringify(generator)}: [${own.join(', ')}].sort((a, b) => a.rank - b.rank),`;
  });
  return [...imports, 'export const kinds = {', ...entries, '};'].join('\n');
}
