import { loadCode } from '../edge/load-code.ts';
import type * as Published from '../index.ts';

/** What `import … from "create-kpi-flow"` gives. */
export const { Failure, add, createProject, planProject, rename, sync, version } = loadCode<typeof Published>('index');
