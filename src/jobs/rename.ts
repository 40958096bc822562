import { planRename } from '../generate/plan-rename.ts';
import type { GrowOptions, GrowPorts, GrowResult } from './grow.ts';
import { change } from './grow.ts';

/** Gives a stage another name. */
export async function rename(name: string, next: string, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(ports, options, (state) => planRename(name, next, state, { force: options.force, editReferences: options.editReferences === true }));
}
