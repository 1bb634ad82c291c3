// An installation that cannot go on: which action failed and the number of its message in the Error table.
// https://learn.microsoft.com/windows/win32/msi/windows-installer-error-messages
import { WindowsError, type ErrorCodeName } from '../../../base/index.ts'
import { builtInErrorText } from './error-messages.ts'

/** A field of a message record; `[2]` in a template is the first one, `[1]` the number itself. */
export type MessageField = string | number | null

export interface InstallErrorOptions {
  /** The standard or custom action that failed; filled in by the sequence when empty. */
  readonly action?: string
  /** What the installation returns; ERROR_INSTALL_FAILURE (1603) by default. */
  readonly code?: ErrorCodeName
  readonly cause?: unknown
  /** The message has been shown and logged already. */
  readonly reported?: boolean
  /** What had to hold for the installation to go on. */
  readonly condition?: string
}

export class InstallError extends WindowsError {
  override readonly name = 'InstallError'
  action: string
  /** Key of the Error table. */
  readonly messageNumber: number
  /** Fields `[2]`, `[3]`, … of the message. */
  readonly fields: readonly MessageField[]
  reported: boolean
  /** A launch condition that does not hold; `undefined` for other failures. */
  readonly condition: string | undefined

  constructor(messageNumber: number, fields: readonly MessageField[] = [], options: InstallErrorOptions = {}) {
    super(options.code ?? 'ERROR_INSTALL_FAILURE', builtInErrorText(messageNumber, fields), 'cause' in options ? { cause: options.cause } : undefined)
    this.action = options.action ?? ''
    this.messageNumber = messageNumber
    this.fields = fields
    this.reported = options.reported ?? false
    this.condition = options.condition
  }
}
