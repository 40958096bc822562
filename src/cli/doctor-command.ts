import type { Session } from './run.ts';

/** Placeholder until src/jobs/doctor.ts is there. */
export async function runCommand(_session: Session): Promise<number> {
  return 0;
}
