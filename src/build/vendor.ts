import { brotliCompressSync } from 'node:zlib';
import type { Plugin } from 'rolldown';
import { stageKindsJson } from './declarations.ts';
import { remembered } from './vendor/remembered.ts';
import type { VendorFile } from './vendor/vendor-files.ts';
import { vendorFiles } from './vendor/vendor-files.ts';

const resolved = '\0virtual:vendor';

/**
 * Gives `virtual:vendor`: the package that a TypeScript repository carries with it.
 * @param asFile where a bundle keeps it, compressed, as data beside the code; without it it stands in the module
 */
export function vendorPlugin(root: string, asFile?: string): Plugin {
  // Several bundles ask for the same files, which take a second to make.
  let made: Promise<VendorFile[]> | undefined;
  return {
    name: 'kpi-flow:vendor',
    resolveId: { filter: { id: /^virtual:vendor$/ }, handler: () => resolved },
    load: {
      filter: { id: /^\0virtual:vendor$/ },
      async handler() {
        const json = JSON.stringify(await (made ??= makeFiles(root)));
        if (asFile === undefined) return { code: `export const readVendor = () => ${json};`, moduleType: 'js', moduleSideEffects: false };
        const reference = this.emitFile({ type: 'asset', fileName: asFile, source: brotliCompressSync(json) });
        return { code: readingOf(reference), moduleType: 'js', moduleSideEffects: false };
      },
    },
  };
}

async function makeFiles(root: string): Promise<VendorFile[]> {
  return remembered(root, await stageKindsJson(root), () => vendorFiles(root));
}

function readingOf(reference: string): string {
  return [
    "import { readFileSync } from 'node:fs';",
    "import { brotliDecompressSync } from 'node:zlib';",
    `const file = new URL(import.meta.ROLLUP_FILE_URL_${reference});`,
    'export const readVendor = () => JSON.parse(brotliDecompressSync(readFileSync(file)).toString());',
  ].join('\n');
}
