import { project } from './project.ts';

export { additions } from './additions.ts';
export { stages } from './stages.ts';

/** Every generator of a whole repository by name. */
export const generators = { project } as const;
