const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EISDIR: 'is a directory',
  EEXIST: 'is there already, and no directory',
  ENOTDIR: 'a part of the path is a file',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'a symbolic link leads back to itself',
  ENOSPC: 'no space is left',
  EDQUOT: 'no space is left',
  ENXIO: 'nobody reads this pipe',
  EPIPE: 'nobody reads this pipe any more',
  ETXTBSY: 'is a program that runs',
};

/** Why a file of the host could not be read or written, without the names of system calls. */
export function fileError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message.replace(/^[A-Z0-9]+: (.*?), [a-z]+\b.*$/s, '$1');
}

/** What the user asked for could not be written; the message is a whole sentence for him. */
export class CannotWrite extends Error {
  constructor(path: string, error: unknown) {
    super(`cannot write ${path}: ${typeof error === 'string' ? error : fileError(error)}`);
  }
}

/** What the user named could not be read; the message is a whole sentence for him. */
export class CannotRead extends Error {
  constructor(path: string, error: unknown) {
    super(`cannot read ${path}: ${fileError(error)}`);
  }
}
