import { adr } from './adr.ts';
import { deployment } from './deployment.ts';
import { notification } from './notification.ts';
import type { Addition } from '../src/generate/define-addition.ts';
import { extractor } from './extractor.ts';
import { loader } from './loader.ts';
import { pipeline } from './pipeline.ts';
import { transformer } from './transformer.ts';

/** Every generator that adds a stage to a repository, by name. */
export const stages = { extractor, transformer, loader } as const;

/** Every generator that adds to a repository, by name: register a new one here. */
export const additions: Readonly<Record<string, Addition>> = { ...stages, pipeline, deployment, notification, adr };
