// What the host's system calls answer, in Windows' words.
import { type ErrorCodeName, WindowsError } from '../../base/index.ts'
import { fileError } from '../../platform/index.ts'

const codes: Readonly<Record<string, ErrorCodeName>> = {
  ENOENT: 'ERROR_FILE_NOT_FOUND', ENOTDIR: 'ERROR_PATH_NOT_FOUND', EEXIST: 'ERROR_FILE_EXISTS', ENOTEMPTY: 'ERROR_DIR_NOT_EMPTY',
  EACCES: 'ERROR_ACCESS_DENIED', EPERM: 'ERROR_ACCESS_DENIED', EISDIR: 'ERROR_ACCESS_DENIED', ELOOP: 'ERROR_ACCESS_DENIED',
  EROFS: 'ERROR_WRITE_PROTECT', ENOSPC: 'ERROR_DISK_FULL', EDQUOT: 'ERROR_DISK_FULL', EFBIG: 'ERROR_DISK_FULL',
  EXDEV: 'ERROR_NOT_SAME_DEVICE', ENAMETOOLONG: 'ERROR_INVALID_NAME', EILSEQ: 'ERROR_INVALID_NAME', EINVAL: 'ERROR_INVALID_NAME',
  ETXTBSY: 'ERROR_SHARING_VIOLATION', EBUSY: 'ERROR_SHARING_VIOLATION', ENXIO: 'ERROR_ACCESS_DENIED',
}

/** Runs host calls for one operation of the port; what they throw becomes a WindowsError that names operation and path. */
export function attempt<T>(operation: string, path: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw hostError(operation, path, error)
  }
}

export function hostError(operation: string, path: string, error: unknown): unknown {
  if (error instanceof WindowsError) return error
  const hostCode = hostErrorCode(error)
  if (hostCode === undefined) return error
  const known = windowsCodeOf(hostCode)
  if (known !== undefined) return fileError(known, operation, path, undefined, error)
  const code = operation === 'read' || operation === 'list' ? 'ERROR_READ_FAULT' : 'ERROR_WRITE_FAULT'
  return fileError(code, operation, path, `the host answered ${hostCode}`, error)
}

/** For a code of the host such as `ENOENT`. */
export function windowsCodeOf(hostCode: string): ErrorCodeName | undefined {
  return codes[hostCode]
}

export function hostErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error ? error.code : undefined
}
