// One sentence for each way in which a file operation fails: the operation, the path, and what stood in the way.
import { WindowsError, type ErrorCodeName } from '../base/index.ts'

const reasons: { readonly [Code in ErrorCodeName]?: string } = {
  ERROR_FILE_NOT_FOUND: 'there is no such file or directory',
  ERROR_PATH_NOT_FOUND: 'its directory does not exist',
  ERROR_ACCESS_DENIED: 'access is denied',
  ERROR_FILE_EXISTS: 'something of that name exists already',
  ERROR_DIR_NOT_EMPTY: 'the directory is not empty',
  ERROR_DIRECTORY: 'it is not a directory',
  ERROR_DISK_FULL: 'there is not enough space on the disk',
  ERROR_WRITE_PROTECT: 'the drive is read-only',
  ERROR_INVALID_DRIVE: 'there is no such drive',
  ERROR_NOT_SAME_DEVICE: 'the two paths lie on different drives',
  ERROR_SHARING_VIOLATION: 'another program is using it',
}

/** `operation` in the words of the port, such as `create` or `remove file`. */
export function fileError(code: ErrorCodeName, operation: string, path: string, reason = reasons[code] ?? code, cause?: unknown): WindowsError {
  return new WindowsError(code, `${operation} ${path}: ${reason}`, cause === undefined ? undefined : { cause })
}
