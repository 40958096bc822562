import { here } from './context.ts';
import { currentWorld } from './engine/world.ts';
import { ConfigurationError } from './errors.ts';
import { relatedToRun } from './related.ts';
import type { JsonObject } from './types.ts';

/** Something that happened, for automations to react to. */
export interface EventOptions {
  /** What happened: `kpi.missed`. */
  readonly event: string;
  /** What it happened to. `prefect.resource.id` is needed: automations match it. */
  readonly resource: { readonly 'prefect.resource.id': string } & { readonly [key: string]: string };
  /** What else it has to do with; the run around the call is added. */
  readonly related?: readonly { readonly [key: string]: string }[];
  /** Any data, for the templates of an automation's action. */
  readonly payload?: JsonObject;
}

/**
 * Tells Prefect of something that happened, as `emit_event` does. Inside a run the event is related to it, to its flow,
 * deployment and tags; the end of the run delivers it. Outside of a run it is sent before this ends.
 * @throws ConfigurationError when the resource has no `prefect.resource.id`
 */
export async function emitEvent({ event, resource, related = [], payload = {} }: EventOptions): Promise<void> {
  if (event === '' || !resource['prefect.resource.id']) throw new ConfigurationError('An event needs a name, and a resource with a "prefect.resource.id".');
  const place = here();
  const { flowScope } = place;
  const { api } = flowScope?.world ?? (await currentWorld());
  api.emitEvent({ event, resource, related: [...relatedToRun(place), ...related], payload });
  if (flowScope === null) await api.drain();
}
