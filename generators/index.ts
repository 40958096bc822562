import { extractor } from './extractor.ts';
import { loader } from './loader.ts';
import { project } from './project.ts';
import { transformer } from './transformer.ts';

/** Every generator of a whole repository by name. */
export const generators = { project } as const;

/** Every generator that adds to a repository, by name: register a new one here. */
export const stages = { extractor, transformer, loader } as const;
