/** A person, or a signal, said stop. Not an error of the catalogue: there is nothing to explain. */
export class Cancelled extends Error {
  /** 130 for Ctrl-C, 143 for SIGTERM, 129 for a closed terminal. */
  readonly exitCode: number;
  /** Something was made before and stays, because somebody has begun to work on it. */
  readonly kept: boolean;

  constructor(exitCode = 130, kept = false) {
    super('cancelled');
    this.name = 'Cancelled';
    this.exitCode = exitCode;
    this.kept = kept;
  }
}
