import type { State } from './state.ts';
import type { FlowRunRecord, JsonObject } from './types.ts';

/** How a deployment is run. */
export interface RunDeploymentOptions {
  /** Futures in them are waited for, and are edges of the run graph. */
  readonly parameters?: Record<string, unknown>;
  readonly flowRunName?: string;
  readonly tags?: readonly string[];
  readonly jobVariables?: JsonObject;
  readonly idempotencyKey?: string;
  /** Seconds to wait for its end; 0 comes back at once, without it as long as it takes. */
  readonly timeout?: number;
  /** Seconds between two looks. */
  readonly pollInterval?: number;
  /** Stands in the graph of the flow around it (the default). */
  readonly asSubflow?: boolean;
}

/** Runs a deployment (`flow/deployment` or its id) and waits for its end. */
export async function runDeployment(
  name: string,
  options: RunDeploymentOptions = {},
): Promise<{ readonly run: FlowRunRecord; readonly state: State | null }> {
  const { startDeployment } = await import('./engine/start-deployment.ts');
  return await startDeployment(name, options);
}
