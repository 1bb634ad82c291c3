// What the objects have in common: a failure is an error called "Msi API Error" with the function and its arguments' names
// as description, and is kept for LastErrorRecord. https://learn.microsoft.com/windows/win32/msi/installer-lasterrorrecord
import type { WindowsError } from '../base/index.ts'
import type { DatabaseError } from '../database/index.ts'
import { HostObject, ScriptError, type InvokeKind, type Variant } from '../vbscript/index.ts'

/** E_FAIL. */
const unspecified = 0x80004005 | 0

/** What tells more of its failure than the error does, until it is asked or one of these is called again. */
const recording: ReadonlySet<string> = new Set([
  'opendatabase', 'commit', 'openview', 'import', 'export', 'merge', 'generatetransform', 'applytransform', 'execute', 'modify', 'setstream', 'summaryinformation', 'sourcepath', 'targetpath',
  'componentcurrentstate', 'componentrequeststate', 'featurecurrentstate', 'featurerequeststate', 'featurecost', 'featurevalidstates', 'setinstalllevel',
])

/** What went wrong last, of all objects of one Installer. */
export class LastError {
  number = 0
  message: string | undefined

  clear(): void {
    this.message = undefined
  }

  set(error: WindowsError): void {
    this.number = (error as Partial<DatabaseError>).number ?? error.errno
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
    if (recording.has(name.toLowerCase())) this.lastError.clear()
    try {
      const result = super.invoke(name, kind, args)
      return result instanceof Promise ? result.catch((error: unknown) => { throw this.#failure(name, error) }) : result
    } catch (error) {
      throw this.#failure(name, error)
    }
  }

  #failure(name: string, error: unknown): unknown {
    if (!isWindowsError(error)) return error
    if (recording.has(name.toLowerCase())) this.lastError.set(error)
    return new ScriptError(unspecified, `${name === '' ? this.typeName : name}: ${error.message}`, { source: 'Msi API Error' })
  }
}

/** By its properties: the session may come from another copy of the code, as the bundles of the command line have them. */
function isWindowsError(error: unknown): error is WindowsError {
  return error instanceof Error && !(error instanceof ScriptError) && 'errno' in error && typeof error.errno === 'number' && 'code' in error
}
