import { measureAll, summarizeCosts } from './measure.ts';
import { median } from './median.ts';

export const floor = 'node -e 0';
/** What the floor cost, in milliseconds of processor time, where the limits in milliseconds were set: Node 20, quiet. */
export const floorOfLimits = 44;

/** A time as it was measured, and as it would be where the limits were set; one unit for both. */
export interface Paced {
  readonly measured: number;
  readonly scaled: number;
}

/** How many times as long the floor takes now as where the limits were set. */
export async function slowness(folder: string): Promise<number> {
  const costs = await measureAll([{ name: floor, args: ['-e', '0'] }], 5, folder, () => undefined);
  return summarizeCosts(costs.get(floor) ?? []).cpu / floorOfLimits;
}

export function paced(measured: number, slow: number): Paced {
  return { measured, scaled: measured / slow };
}

/** The middle one of each. */
export function middleOf(values: readonly Paced[]): Paced {
  return { measured: median(values.map(({ measured }) => measured)), scaled: median(values.map(({ scaled }) => scaled)) };
}
