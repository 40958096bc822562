import { readVendor } from 'virtual:vendor';
import type { FileSpec } from '../plan/tree.ts';

/** Where a TypeScript repository carries its runtime. */
export const vendorFolder = 'vendor/kpi-flow-runtime/';

/** The runtime and the reader of config.yaml, so that a TypeScript repository needs nothing that is not published. */
export function vendoredFiles(): FileSpec[] {
  return readVendor().map(({ path, text }) => ({ path: `${vendorFolder}${path}`, owner: 'generated', text }));
}
