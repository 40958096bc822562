import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { embeddedPlugin } from './embedded.ts';
import { kindsPlugin } from './kinds.ts';
import { templatesPlugin } from './templates.ts';
import { vendorPlugin } from './vendor.ts';

const root = process.cwd();

/** In a long run only the files that have something longer to do: they ask for KPI_FLOW_LONG. */
function filesWithLongForm(): string[] {
  const files = readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.ts'),
  );
  return files
    .map((file) => `tests/${file.replaceAll('\\', '/')}`)
    .filter((file) => readFileSync(join(root, file), 'utf8').includes('KPI_FLOW_LONG'));
}

export default defineConfig({
  root,
  cacheDir: join(root, '.cache/vite'),
  plugins: [templatesPlugin(root), vendorPlugin(root), kindsPlugin(root), embeddedPlugin(root)],
  test: {
    include: process.env['KPI_FLOW_LONG'] ? filesWithLongForm() : ['tests/**/*.test.ts'],
    exclude: ['tests/fixtures/**', 'tests/trees/**'],
    // Left alone, vitest keeps a core free; on two cores that is half of them, and most tests wait for other programs.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // They end what hangs, and measure nothing: a machine with other work to do takes many times as long.
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
