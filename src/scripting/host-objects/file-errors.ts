// Failures of files and registry as the numbers that scripts know.
import { scriptError } from '../../vbscript/index.ts'

const numbers: Readonly<Record<string, number>> = {
  ERROR_FILE_NOT_FOUND: 53, ERROR_PATH_NOT_FOUND: 76, ERROR_INVALID_DRIVE: 76, ERROR_DIRECTORY: 76, ERROR_FILE_EXISTS: 58, ERROR_ALREADY_EXISTS: 58,
  ERROR_ACCESS_DENIED: 70, ERROR_DIR_NOT_EMPTY: 70, ERROR_WRITE_PROTECT: 70, ERROR_SHARING_VIOLATION: 70, ERROR_DISK_FULL: 61, ERROR_INVALID_NAME: 52,
  ERROR_NOT_SAME_DEVICE: 17, ERROR_READ_FAULT: 57, ERROR_WRITE_FAULT: 57,
}

/** @throws ScriptError in place of a WindowsError of files */
export function guarded<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    // By its properties: it may come from another copy of the code.
    const number = error instanceof Error && 'errno' in error && 'code' in error ? numbers[String(error.code)] : undefined
    throw number === undefined ? error : scriptError(number)
  }
}
