// Messages of one session: formatted with the package's or the built-in texts, written to the log, shown by the user
// interface of the caller. docs/user-interface.md; https://learn.microsoft.com/windows/win32/msi/sending-messages-to-windows-installer-using-msiprocessmessage
import { foldCase } from '../../../base/index.ts'
import { formatRecord, type FormatSession } from '../../../expression/index.ts'
import type { Clock } from '../../../platform/index.ts'
import type { UiLevel } from '../properties/initial-properties.ts'
import type { Secrets } from '../properties/secrets.ts'
import { isInternalError } from './error-messages.ts'
import { actionTextOf, type ActionText, type MessageTexts } from './languages/index.ts'
import { logPrefix, shortTime, type LogMode, type LogSide, type LogSink } from './log.ts'
import { MessageAnswer, MessageType, type MessageButtons, type MessageRecord, type Messages } from './messages.ts'
import type { Progress } from './progress.ts'

/** A message as a user interface gets it. */
export interface InstallMessage {
  readonly type: MessageType
  readonly record: MessageRecord
  /** Formatted for people: without the parts that are for the log only. */
  readonly text: string
  readonly buttons?: MessageButtons
}

/** The caller's user interface. 0 (`none`) leaves the answer to the engine, -1 is an error in the handler. */
export interface MessageHandler {
  (message: InstallMessage): MessageAnswer | Promise<MessageAnswer>
}

export interface MessageChannel {
  readonly clock: Clock
  readonly side: LogSide
  readonly processId: number
  /** Tells sessions apart in the log. */
  readonly threadId: number
  readonly uiLevel: UiLevel
  readonly sink: LogSink | undefined
  readonly handler: MessageHandler | undefined
  readonly signal: AbortSignal | undefined
  readonly format: FormatSession
  /** A row of the package's Error table. */
  errorRow(number: number): string | undefined
  /** A row of the package's ActionText table. */
  actionTextRow(action: string): ActionText | undefined
  /** What the installer says where the package does not. */
  readonly texts: MessageTexts
  readonly progress: Progress
  readonly secrets: Secrets
}

type Field = string | number | null

export class SessionMessages implements Messages {
  readonly channel: MessageChannel
  /** Name and template of the running action, for its ActionData. */
  #action: { name: string; template: string } = { name: '', template: '' }
  /** What the action returned that ended last. */
  #lastResult: number | null = null
  /** The last error, for what the caller reports. */
  lastError: { number: number; text: string } | undefined

  constructor(channel: MessageChannel) {
    this.channel = channel
  }

  get isUnheard(): boolean {
    return this.channel.sink === undefined && this.channel.handler === undefined
  }

  get isUnlogged(): boolean {
    return this.channel.sink === undefined
  }

  /** @param side Who says it, when that is not this session's side. */
  log(line: string, mode: LogMode = 'v', side = this.channel.side): void {
    const { secrets, sink } = this.channel
    if (sink === undefined) return
    this.logAsIs(line.startsWith('Executing op: ') ? secrets.hideInData(line) : secrets.hideIn(line), mode, side)
  }

  /** Secrets too: for somebody whose policy is to see them. */
  logAsIs(line: string, mode: LogMode = 'v', side = this.channel.side): void {
    const { sink, processId, threadId, clock } = this.channel
    sink?.(logPrefix(side, processId, threadId, clock) + line, mode)
  }

  /** A line without the engine's prefix. */
  plain(line: string, mode: LogMode): void {
    const { secrets, sink } = this.channel
    sink?.(secrets.hideIn(line), mode)
  }

  /** @param otherwise What counts as answered when nobody answers: the default button. */
  async send(type: MessageType, record: MessageRecord, buttons?: MessageButtons, otherwise: MessageAnswer = silentAnswer(type, buttons)): Promise<MessageAnswer> {
    return this.#sendComplete(type, this.#withTemplate(type, record), buttons, otherwise)
  }

  /** A numbered record without a template has that of the Error table. */
  #withTemplate(type: MessageType, record: MessageRecord): MessageRecord {
    if (!numberedTypes.has(type) || record[0] !== null || typeof record[1] !== 'number') return record
    const template = this.template(record[1])
    return type === MessageType.user && template === '' ? record : [template, ...record.slice(1)]
  }

  /** To the user interface alone: what the log has in its own way, and what nobody answers. */
  async notify(type: MessageType, record: MessageRecord, text: string, buttons?: MessageButtons): Promise<void> {
    await this.channel.handler?.({ type, record, text, ...(buttons === undefined ? {} : { buttons }) })
  }

  async #sendComplete(type: MessageType, record: MessageRecord, buttons: MessageButtons | undefined, otherwise: MessageAnswer): Promise<MessageAnswer> {
    const text = this.#write(type, record)
    const { handler, signal, progress } = this.channel
    const passed = progress.pass(type, record)
    const cancelled = signal?.aborted === true && isCancellable(type)
    if (passed === undefined) return cancelled ? MessageAnswer.cancel : otherwise
    if (handler === undefined) return cancelled ? MessageAnswer.cancel : otherwise
    const answer = await handler({ type, record: await this.#shownRecord(type, passed), text, ...(buttons === undefined ? {} : { buttons }) })
    if (cancelled) return MessageAnswer.cancel
    return answer === MessageAnswer.none ? otherwise : answer
  }

  /** With the template that a user interface formats the message by. What is wrong inside is told before, for those who look for it. */
  async #shownRecord(type: MessageType, record: MessageRecord): Promise<MessageRecord> {
    if (type === MessageType.actionStart && record[0] === null) return [this.template(8), ...record.slice(1)]
    if (type === MessageType.actionData && record[0] === null && this.#action.template !== '') return [`{{${this.#action.name}: }}${this.#action.template}`, ...record.slice(1)]
    if (!numberedTypes.has(type) || !this.#isInternal(record[1])) return record
    await this.notify(MessageType.info, [`DEBUG: Error [1]:  ${record[0] ?? ''}`, ...record.slice(1)], `DEBUG: Error ${record[1]}:  ${this.#format(record, 'show')}`)
    return [this.template(5), ...record.slice(1)]
  }

  /** An error of authoring or engine that the package has no text for. */
  #isInternal(number: Field | undefined): boolean {
    return typeof number === 'number' && isInternalError(number) && this.channel.errorRow(number) === undefined
  }

  error(number: number, ...fields: readonly Field[]): Promise<MessageAnswer> {
    return this.send(MessageType.error, [this.template(number), number, ...fields], { buttons: 'ok' })
  }

  info(number: number, ...fields: readonly Field[]): void {
    void this.#write(MessageType.info, [this.template(number), number, ...fields])
  }

  /** Action start and end as rows 14 and 15 of the Error table have them. The start tells how the action before it ended. */
  async actionStart(name: string): Promise<void> {
    const line = `Action start ${shortTime(this.channel.clock)}: ${name}.`
    this.channel.sink?.(line, 'a')
    await this.notify(MessageType.info, [this.template(14), name, this.#lastResult], line)
  }

  async actionEnd(name: string, status: number): Promise<void> {
    const line = `Action ended ${shortTime(this.channel.clock)}: ${name}. Return value ${status}.`
    this.channel.sink?.(line, 'a')
    this.#lastResult = status
    await this.notify(MessageType.info, [this.template(15), name, status], line)
  }

  async actionNotFound(name: string): Promise<void> {
    const line = `DEBUG: Error 2726:  Action not found: ${name}`
    this.plain(line, 'e')
    await this.notify(MessageType.info, ['DEBUG: Error [1]:  Action not found: [2]', 2726, name], line)
  }

  /** The package's text of a message, else the built-in one. */
  template(number: number): string {
    return this.channel.errorRow(number) ?? this.channel.texts.errors[number] ?? ''
  }

  actionText(action: string): ActionText {
    return this.channel.actionTextRow(action) ?? actionTextOf(this.channel.texts, action)
  }

  /** Logs the record and returns its text for people. */
  #write(type: MessageType, record: MessageRecord): string {
    switch (type) {
      case MessageType.actionStart: return this.#writeActionStart(record)
      case MessageType.actionData: return this.#writeActionData(record)
      case MessageType.error: case MessageType.fatalExit: case MessageType.outOfDiskSpace: return this.#writeError(record)
      case MessageType.warning: return this.#writeNumbered('Warning', record, 'w')
      case MessageType.user: return this.#writeText(record, 'u')
      case MessageType.info: return this.#writeNumbered('Info', record, 'i')
      case MessageType.filesInUse: case MessageType.rmFilesInUse: case MessageType.resolveSource: return this.#writeText(record, 'u')
      default: return this.#format(record, 'omit')
    }
  }

  #writeActionStart(record: MessageRecord): string {
    const [name, description, template] = [1, 2, 3].map((index) => String(record[index] ?? ''))
    this.#action = { name: name!, template: template! }
    this.plain(`Action ${shortTime(this.channel.clock)}: ${name}. ${description}`, 'a')
    return description!
  }

  #writeActionData(record: MessageRecord): string {
    const { name, template } = this.#action
    const shown = record[0] ?? template
    if (shown === '' || this.isUnheard) return ''
    const fields: MessageRecord = [shown, ...record.slice(1)]
    if (!this.isUnlogged && this.#hasLoggedData(name)) this.plain(`${name}: ${this.#format(fields, 'show')}`, 'r')
    return this.#format(fields, 'omit')
  }

  /** LOGACTION: the data of these actions alone. https://learn.microsoft.com/windows/win32/msi/logaction */
  #hasLoggedData(action: string): boolean {
    const only = this.channel.format.property('LOGACTION')
    return only === '' || foldCase(only).split(';').includes(foldCase(action))
  }

  #writeError(record: MessageRecord): string {
    const number = typeof record[1] === 'number' ? record[1] : 0
    const product = this.channel.format.property('ProductName')
    if (this.#isInternal(number)) return this.#writeInternalError(number, record, product)
    const heading = number > 0 ? `Error ${number}. ` : ''
    const logged = heading + this.#format(record, 'show')
    this.plain(logged, 'e')
    this.log(`Product: ${product} -- ${logged}`)
    const text = this.#format(record, 'omit')
    this.lastError = { number, text }
    return text
  }

  #writeInternalError(number: number, record: MessageRecord, product: string): string {
    const detail = this.#format(record, 'show')
    this.plain(`DEBUG: Error ${number}:  ${detail}`, 'e')
    const frame = this.template(5)
    const text = this.#format([frame, number], 'show')
    this.log(`Product: ${product} -- ${text}${record.slice(2).length > 0 ? `The arguments are: ${record.slice(2).map((field) => field ?? '').join(', ')}, ` : ''}`)
    this.lastError = { number, text: detail }
    return `${this.#format([frame, number], 'omit')}${detail}`
  }

  #writeNumbered(kind: string, record: MessageRecord, mode: LogMode): string {
    const number = typeof record[1] === 'number' ? `${kind} ${record[1]}. ` : ''
    this.plain(number + this.#format(record, 'show'), mode)
    return this.#format(record, 'omit')
  }

  #writeText(record: MessageRecord, mode: LogMode): string {
    const text = this.#format(record, 'show')
    if (text !== '') this.plain(text, mode)
    return this.#format(record, 'omit')
  }

  #format(record: MessageRecord, comments: 'omit' | 'show'): string {
    return this.channel.secrets.hideInData(formatRecord(record, this.channel.format, comments))
  }
}

/** Without a template they have that of the Error table for the number in field 1. */
const numberedTypes: ReadonlySet<MessageType> = new Set([MessageType.fatalExit, MessageType.error, MessageType.warning, MessageType.user, MessageType.info])

function isCancellable(type: MessageType): boolean {
  return type === MessageType.actionStart || type === MessageType.actionData || type === MessageType.progress
}

/** Who sent these decides what no answer means. */
const unansweredTypes: ReadonlySet<MessageType> = new Set([MessageType.filesInUse, MessageType.rmFilesInUse, MessageType.showDialog])

/** What is answered when nobody is there to answer: the default button, and never a retry that could go on for ever. */
function silentAnswer(type: MessageType, buttons: MessageButtons | undefined): MessageAnswer {
  if (buttons === undefined) return unansweredTypes.has(type) ? MessageAnswer.none : MessageAnswer.ok
  const answers = {
    ok: [MessageAnswer.ok], 'ok-cancel': [MessageAnswer.ok, MessageAnswer.cancel],
    'abort-retry-ignore': [MessageAnswer.abort, MessageAnswer.abort, MessageAnswer.ignore],
    'yes-no-cancel': [MessageAnswer.yes, MessageAnswer.no, MessageAnswer.cancel], 'yes-no': [MessageAnswer.yes, MessageAnswer.no],
    'retry-cancel': [MessageAnswer.cancel, MessageAnswer.cancel],
  } as const
  return answers[buttons.buttons][(buttons.defaultButton ?? 1) - 1] ?? MessageAnswer.ok
}
