// What the objects have in common: a failure is an error called "Msi API Error" with the function and its arguments' names
// as description, and is kept for LastErrorRecord. https://learn.microsoft.com/windows/win32/msi/installer-lasterrorrecord
import { WindowsError } from '../base/index.ts'
import { DatabaseError } from '../database/index.ts'
import { HostObject, ScriptError, type InvokeKind, type Variant } from '../vbscript/index.ts'

/** E_FAIL. */
const unspecified = 0x80004005 | 0

/** What went wrong last, of all objects of one Installer. */
export class LastError {
  number = 0
  message: string | undefined

  set(error: WindowsError): void {
    this.number = error instanceof DatabaseError && error.number !== undefined ? error.number : error.errno
    this.message = error.message
  }
}

export abstract class AutomationObject extends HostObject {
  readonly lastError: LastError

  constructor(lastError: LastError) {
    super()
    this.lastError = lastError
  }

  override invoke(name: string, kind: InvokeKind, args: readonly Variant[]): Variant | Promise<Variant> {
    try {
      const result = super.invoke(name, kind, args)
      return result instanceof Promise ? result.catch((error: unknown) => { throw this.#failure(name, error) }) : result
    } catch (error) {
      throw this.#failure(name, error)
    }
  }

  #failure(name: string, error: unknown): unknown {
    if (!(error instanceof WindowsError)) return error
    this.lastError.set(error)
    return new ScriptError(unspecified, `${name === '' ? this.typeName : name}: ${error.message}`, { source: 'Msi API Error' })
  }
}
