/** A person, or a signal, said stop. Not an error of the catalogue: there is nothing to explain. */
export class Cancelled extends Error {
  /** 130 for Ctrl-C, 143 for SIGTERM, 129 for a closed terminal. */
  readonly exitCode: number;

  constructor(exitCode = 130) {
    super('cancelled');
    this.name = 'Cancelled';
    this.exitCode = exitCode;
  }
}
