import { fail } from '../errors/failure.ts';
import { lockOps } from '../generate/lock-changes.ts';
import type { GrowOptions, GrowPorts, GrowResult } from './grow.ts';
import { change } from './grow.ts';

/** Makes a file that is generated somebody's own: it is never written again. */
export async function own(path: string, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(ports, options, (state) => {
    const file = state.lock.files.get(path) ?? fail('E_FILE_UNKNOWN', { path });
    const lock = { ...state.lock, files: new Map(state.lock.files).set(path, { ...file, owner: 'seed' }) };
    return { plan: { ops: lockOps({ ...state, lock }, []) }, remarks: [] };
  });
}
