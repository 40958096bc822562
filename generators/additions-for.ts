import type { Addition } from '../src/generate/define-addition.ts';
import { stages } from './stages.ts';

/**
 * The generators that a command needs. Stages are added most, so theirs are at hand; the others are loaded with the first
 * command that is not about a stage, or that names nothing we know and wants to be told what there is.
 * @param name the generator that somebody named
 */
export async function additionsFor(name: string | undefined): Promise<Readonly<Record<string, Addition>>> {
  return name !== undefined && name in stages ? stages : (await import('./additions.ts')).additions;
}
