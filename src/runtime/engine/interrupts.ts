import { RuntimeError } from '../errors.ts';

/** Why a flow run was stopped from outside: the reason of its AbortSignal. */
export class FlowStopped extends RuntimeError {
  override readonly name: string = 'FlowStopped';
  readonly why: 'cancelled' | 'crashed' | 'suspended' | 'lost' | 'timeout';
  constructor(why: FlowStopped['why'], message: string) {
    super(message);
    this.why = why;
  }
}
