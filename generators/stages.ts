import { extractor } from './extractor.ts';
import { loader } from './loader.ts';
import { transformer } from './transformer.ts';

/** Every generator that adds a stage to a repository, by name. */
export const stages = { extractor, transformer, loader } as const;
