import type { Related } from '../related.ts';
import type { Api, ArtifactPatch } from '../ports.ts';
import type { ArtifactCreate, JsonObject } from '../types.ts';

/** What Prefect's own client tells of besides the states of runs; the server does not say it by itself. */
export type ClientEvent = Parameters<Api['emitEvent']>[0];

/** A limit that gave slots. */
export interface TakenLimit {
  readonly id: string;
  readonly name: string;
  readonly limit: number;
}

export function artifactCreated(id: string, { key = null, type, description = null }: ArtifactCreate, related: readonly Related[]): ClientEvent {
  const name: Related = key === null ? {} : { 'prefect.resource.name': key };
  return { event: 'prefect.artifact.created', resource: { 'prefect.resource.id': `prefect.artifact.${id}`, ...name }, payload: { key, type, description }, related };
}

export function artifactUpdated(id: string, patch: ArtifactPatch, related: readonly Related[]): ClientEvent {
  return { event: 'prefect.artifact.updated', resource: { 'prefect.resource.id': `prefect.artifact.${id}` }, payload: patch as JsonObject, related };
}

/** Nothing of what is in the block is told. */
export function blockLoaded(id: string, type: string, name: string, related: readonly Related[]): ClientEvent {
  const ofType = { 'prefect.resource.id': `prefect.block-type.${type}`, 'prefect.resource.role': 'block-type' };
  return { event: `prefect.block.${type}.loaded`, resource: { 'prefect.resource.id': `prefect.block-document.${id}`, 'prefect.resource.name': name }, related: [ofType, ...related] };
}

/** One a limit, beside the others that were taken with it. */
export function slotEvents(phase: 'acquired' | 'released', limits: readonly TakenLimit[], slots: number, related: readonly Related[]): ClientEvent[] {
  return limits.map(({ id, name, limit }) => ({
    event: `prefect.concurrency-limit.${phase}`,
    resource: { 'prefect.resource.id': `prefect.concurrency-limit.${id}`, 'prefect.resource.name': name, 'slots-acquired': String(slots), limit: String(limit) },
    related: [...limits.filter((each) => each.id !== id).map(besides), ...related],
  }));
}

function besides({ id }: TakenLimit): Related {
  return { 'prefect.resource.id': `prefect.concurrency-limit.${id}`, 'prefect.resource.role': 'concurrency-limit' };
}
