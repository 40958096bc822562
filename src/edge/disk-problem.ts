import { Failure, problem } from '../errors/failure.ts';

/** Turns what the file system refused into an error of the catalogue. What is not of the file system stays as it is. */
export function diskFailure(error: unknown, folder: string): unknown {
  if (!isSystemError(error)) return error;
  const detail = `${error.syscall ?? 'disk'}: ${error.code}`;
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure([problem('E_DISK_FULL', { folder })]);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure([problem('E_FOLDER_NOT_WRITABLE', { folder })]);
    default:
      return new Failure([problem('E_DISK', { folder, detail })]);
  }
}

/** The code of a system error, or nothing. */
export function errorCode(error: unknown): string | undefined {
  return isSystemError(error) ? error.code : undefined;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === 'number' && 'code' in error;
}
