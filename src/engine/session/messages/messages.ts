// Messages of the installation: to the log, to the user interface, to an external handler.
// https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msisetexternaluirecord

/** INSTALLMESSAGE_* without its shift of 24 bits. */
export const MessageType = {
  fatalExit: 0x00, error: 0x01, warning: 0x02, user: 0x03, info: 0x04, filesInUse: 0x05, resolveSource: 0x06, outOfDiskSpace: 0x07,
  actionStart: 0x08, actionData: 0x09, progress: 0x0a, commonData: 0x0b, initialize: 0x0c, terminate: 0x0d, showDialog: 0x0e,
  performance: 0x0f, rmFilesInUse: 0x19, installStart: 0x1a, installEnd: 0x1b,
} as const
export type MessageType = (typeof MessageType)[keyof typeof MessageType]

/** IDOK and its like; 0 is "not handled", -1 an error in the handler. */
export type MessageAnswer = -1 | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7
export const MessageAnswer = { error: -1, none: 0, ok: 1, cancel: 2, abort: 3, retry: 4, ignore: 5, yes: 6, no: 7 } as const

/** Field 0 is the template; fields count from 1. */
export type MessageRecord = readonly (string | number | null)[]

/** Which buttons a message offers and which one is the default (MB_* bits). */
export interface MessageButtons {
  readonly buttons: 'ok' | 'ok-cancel' | 'abort-retry-ignore' | 'yes-no-cancel' | 'yes-no' | 'retry-cancel'
  readonly defaultButton?: 1 | 2 | 3
  readonly icon?: 'stop' | 'question' | 'warning' | 'information'
}

export interface Messages {
  /** Sends a message through handler, user interface and log, and returns what was answered. */
  send(type: MessageType, record: MessageRecord, buttons?: MessageButtons): Promise<MessageAnswer>
  /** The package's or the built-in text of an Error table number, formatted with the fields: an error message. */
  error(number: number, ...fields: readonly (string | number | null)[]): Promise<MessageAnswer>
  info(number: number, ...fields: readonly (string | number | null)[]): void
  /** The package's description of an action and template of its data, else the built-in ones. */
  actionText?(action: string): { readonly description: string; readonly template: string }
  /** Neither a log nor a user interface: what is sent without a question, and what is logged, goes nowhere. */
  readonly isUnheard?: boolean
  /** There is no log. */
  readonly isUnlogged?: boolean
  /** A plain line of the verbose log, with the engine's prefix. */
  log(line: string): void
}
