import { project } from './project.ts';

export { additions, stages } from './additions.ts';

/** Every generator of a whole repository by name. */
export const generators = { project } as const;
