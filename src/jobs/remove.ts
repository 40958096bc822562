import { isStageGenerator } from '../generate/define-stage.ts';
import { planRemove } from '../generate/plan-remove.ts';
import type { GrowOptions, GrowPorts, GrowResult } from './grow.ts';
import { change } from './grow.ts';

/** Takes a stage away. */
export async function remove(name: string, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(ports, options, (state) => planRemove(name, state, options.force, Object.values(ports.generators).filter(isStageGenerator)));
}
