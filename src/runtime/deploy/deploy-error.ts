/** Why nothing, or not everything, was deployed. `kind` says whose it is: the file's, or the server's. */
export class DeployError extends Error {
  override readonly name = 'DeployError';
  readonly kind: 'file' | 'environment';
  constructor(kind: DeployError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
