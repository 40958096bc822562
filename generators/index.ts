import { project } from './project.ts';

/** Every generator by name: register a new one here. */
export const generators = { project } as const;
