/** A step of a deployment that cannot be done. */
export class PullStepError extends Error {
  override readonly name: string = 'PullStepError';
}
