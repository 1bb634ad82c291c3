// What a database refuses to do. `errno` is the Windows code an installer call returns; `number` is the installer's own
// message number of 22xx where the documentation has one.
// https://learn.microsoft.com/windows/win32/msi/windows-installer-error-messages
import { WindowsError, type ErrorCodeName } from '../base/index.ts'

export class DatabaseError extends WindowsError {
  override readonly name: string = 'DatabaseError'
  readonly number: number | undefined

  constructor(message: string, code: ErrorCodeName = 'ERROR_FUNCTION_FAILED', number?: number) {
    super(code, message)
    this.number = number
  }
}
