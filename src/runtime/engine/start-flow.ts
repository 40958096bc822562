import { here } from '../context.ts';
import type { State } from '../state.ts';
import { createRun } from './create-run.ts';
import type { FlowScope, World } from './flow-scope.ts';
import type { FlowSpec } from './flow-spec.ts';
import { levels } from './log.ts';
import { runFlow, say } from './run-flow.ts';
import { currentWorld } from './world.ts';

/** A flow called by code: a run of its own, or a subflow of the flow around it. */
export async function startFlow(spec: FlowSpec, args: readonly unknown[], given?: World): Promise<State> {
  const parent = here().flowScope;
  if (parent) return openIn(parent, subflow(spec, args, parent));
  const world = given ?? (await currentWorld());
  const record = await createRun(spec, args, world, null);
  // Whoever only imports the runtime, or is started by a work pool, never needs it.
  const signals = given ? null : (await import('./process-signals.ts')).watchProcess((text, error) => say({ record, world }, levels.error, text, error));
  try {
    const state = await runFlow({
      spec,
      record,
      world,
      parent: null,
      args,
      deploymentName: null,
      signal: signals?.signal ?? null,
      supervised: false,
    });
    if (!state.isCompleted()) signals?.tellOnce();
    return state;
  } finally {
    if (signals) await signals.end(() => world.api.drain());
  }
}

// What does it is loaded by the first flow that calls another.
async function subflow(spec: FlowSpec, args: readonly unknown[], parent: FlowScope): Promise<State> {
  const { startSubflow } = await import('./start-subflow.ts');
  return await startSubflow(spec, args, parent);
}

/** The end of the flow around it waits for it: one that is cancelled has to say so before the process is gone. */
async function openIn({ open }: FlowScope, subflow: Promise<State>): Promise<State> {
  const work = { done: subflow };
  open.add(work);
  return await subflow.finally(() => open.delete(work));
}
