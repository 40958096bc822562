import type { Addition } from '../src/generate/define-addition.ts';
import { adr } from './adr.ts';
import { deployment } from './deployment.ts';
import { notification } from './notification.ts';
import { pipeline } from './pipeline.ts';
import { stages } from './stages.ts';

/** Every generator that adds to a repository, by name: register a new one here. */
export const additions: Readonly<Record<string, Addition>> = { ...stages, pipeline, deployment, notification, adr };
