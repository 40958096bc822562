import type * as Crypto from 'node:crypto';

/**
 * Node's `crypto`, from the first id or hash on: loading it takes a quarter of what importing the runtime did, and an import
 * alone makes neither.
 */
export function crypto(): typeof Crypto {
  return (loaded ??= process.getBuiltinModule('node:crypto'));
}

let loaded: typeof Crypto | undefined;

/** Says whether two texts, or bytes, are the same; 32 hexadecimal digits, as Prefect's own keys and versions have. */
export function md5(of: string | Uint8Array): string {
  return crypto().createHash('md5').update(of).digest('hex');
}
