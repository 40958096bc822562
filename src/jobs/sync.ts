import { isStageGenerator } from '../generate/define-stage.ts';
import { planSync } from '../generate/plan-sync.ts';
import type { GrowOptions, GrowPorts, GrowResult } from './grow.ts';
import { change } from './grow.ts';

/** Brings a repository to what its config.yaml says. */
export async function sync(options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(ports, options, (state) => planSync(Object.values(ports.generators).filter(isStageGenerator), state, options.force));
}
