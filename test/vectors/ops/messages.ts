// The user interface of the caller: external handlers, the messages they saw, and messages sent by hand.
import { MessageType, type UiLevel, type InstallMessage, type InstallOptions, type MessageAnswer, type MessageButtons, type PackageSession } from 'msikit/engine'
import type { Record as Fields } from 'msikit/sql'
import { invalidHandle, success } from '../api/return-code.ts'
import type { Judged } from '../matcher.ts'
import type { Found, Operation, Step, World } from '../world.ts'

interface Seen {
  readonly message: string
  readonly flags: number
  /** From 0; `undefined` for a message without a record. */
  readonly fields: readonly string[] | undefined
}

interface Handler {
  readonly name: string | null
  readonly filter: number
  /** Only a handler that has a context answers anything else than 0. */
  readonly answers: boolean
}

/** The handlers of a scenario, and what the one for records saw since the last look. */
interface Listener {
  record: Handler
  text: Handler
  /** Of every handler, or by the names or kinds of handlers. */
  answer: unknown
  recordHandlerRan: boolean
  stringHandlerRan: boolean
  seen: Seen[]
}

interface ExpectedMessage {
  readonly message: string
  readonly flags?: number
  readonly maxFieldCount?: number
  readonly fields?: Readonly<Record<string, string>>
  readonly optional?: boolean
}

const names = new Map(Object.entries(MessageType).map(([name, type]) => [type as number, `INSTALLMESSAGE_${name.toUpperCase()}`]))
const progress = 1 << MessageType.progress
const showDialog = 1 << MessageType.showDialog
const buttonSets: readonly MessageButtons['buttons'][] = ['ok', 'ok-cancel', 'abort-retry-ignore', 'yes-no-cancel', 'yes-no', 'retry-cancel']
const icons = ['none', 'stop', 'question', 'warning', 'information'] as const
const withoutRecord: ReadonlySet<number> = new Set([MessageType.initialize, MessageType.terminate])
const listenerKey = 'listener'

export const messageOperations: Readonly<Record<string, Operation>> = {
  MsiSetExternalUI: (step, world) => {
    const listener = listenerOf(world)
    const previous = listener.text.name
    listener.text = handlerOf(step)
    return { ret: previous }
  },
  MsiSetExternalUIRecord: (step, world) => {
    const listener = listenerOf(world)
    const previous = listener.record.name
    listener.record = handlerOf(step)
    return { rc: success, previous }
  },
  flushMessages: (_step, world) => {
    listenerOf(world).seen = []
    return {}
  },
  checkMessages: (_step, world) => {
    const { seen } = listenerOf(world)
    listenerOf(world).seen = []
    return { messages: judgedMessages(seen) }
  },
  MsiProcessMessage: (step, world) => process(step, world),
}

const noHandler: Handler = { name: null, filter: 0, answers: false }

function handlerOf({ handler, filter, context }: Step): Handler {
  return handler === null ? noHandler : { name: String(handler), filter: Number(filter), answers: context !== null }
}

function listenerOf(world: World): Listener {
  let listener = world.state.get(listenerKey) as Listener | undefined
  if (listener === undefined) {
    listener = { record: noHandler, text: noHandler, answer: 0, recordHandlerRan: false, stringHandlerRan: false, seen: [] }
    world.state.set(listenerKey, listener)
  }
  return listener
}

const levels: Readonly<Record<number, UiLevel>> = { 1: 'full', 2: 'none', 3: 'basic', 4: 'reduced', 5: 'full' }

/** The user interface that the scenario has set. Handlers are those of the moment a message is sent. */
export function sessionOptions(world: World): InstallOptions {
  const { uiFlags } = world
  return {
    ui: levels[world.uiLevel] ?? 'none', hideCancel: (uiFlags & 0x20) !== 0, noModalDialogs: (uiFlags & 0x40) !== 0, sourceResolutionOnly: (uiFlags & 0x100) !== 0,
    onMessage: (message) => hear(listenerOf(world), message),
  }
}

/** What the handlers return while a step runs. */
export function prepareAnswer(step: Step, world: World): void {
  listenerOf(world).answer = step['uiReturn'] ?? 0
}

/** Where no handler has a context, the one that comes last answers. */
function answerOf({ answer, record, text }: Listener, kind: 'record' | 'string', { name, answers }: Handler): MessageAnswer {
  if (typeof answer === 'object' && answer !== null) {
    const byHandler = answer as Readonly<Record<string, unknown>>
    return Number(byHandler[name ?? ''] ?? byHandler[kind] ?? 0) as MessageAnswer
  }
  const isLast = !record.answers && !text.answers && (kind === 'string' || text.name === null)
  return answers || isLast ? Number(answer) as MessageAnswer : 0
}

function hear(listener: Listener, { type, record, text, buttons }: InstallMessage): MessageAnswer {
  const bit = 1 << type
  if ((listener.record.filter & bit) !== 0 && bit !== progress) {
    listener.recordHandlerRan = true
    listener.seen.push({ message: names.get(type)!, flags: flagsOf(buttons), fields: withoutRecord.has(type) ? undefined : record.map((field) => field === null ? '' : String(field)) })
    const answer = answerOf(listener, 'record', listener.record)
    if (answer !== 0) return answer
  }
  if ((listener.text.filter & bit) === 0) return 0
  listener.stringHandlerRan = true
  if (bit === showDialog) listener.seen.push({ message: names.get(type)!, flags: 0, fields: [text] })
  return answerOf(listener, 'string', listener.text)
}

/** MB_* bits. */
function flagsOf(buttons: MessageButtons | undefined): number {
  if (buttons === undefined) return 0
  return buttonSets.indexOf(buttons.buttons) | (icons.indexOf(buttons.icon ?? 'none') << 4) | ((buttons.defaultButton ?? 1) - 1 << 8)
}

async function process(step: Step, world: World): Promise<Found> {
  const session = world.handle<PackageSession>(step['package'], 'package')
  const fields = world.handle<Fields>(step['record'], 'record')
  if (session === undefined || fields === undefined) return { ret: -1, rc: invalidHandle }
  const type = Number(step['type'])
  const record = Array.from({ length: fields.fieldCount + 1 }, (_, index) => {
    const cell = fields.cell(index)
    return typeof cell === 'object' ? null : cell
  })
  const listener = listenerOf(world)
  Object.assign(listener, { recordHandlerRan: false, stringHandlerRan: false })
  const ret = await session.message(type >>> 24 as MessageType, record, buttonsOf(type & 0xffffff))
  return { ret, recordHandlerRan: listener.recordHandlerRan, stringHandlerRan: listener.stringHandlerRan }
}

function buttonsOf(bits: number): MessageButtons | undefined {
  const buttons = buttonSets[bits & 0xf]
  const icon = icons[bits >> 4 & 0xf]
  return bits === 0 || buttons === undefined ? undefined : { buttons, ...(icon === undefined || icon === 'none' ? {} : { icon }) }
}

/** In order; optional ones may be missing. */
function judgedMessages(seen: readonly Seen[]): Judged {
  return {
    disagreement: (expected, matches) => {
      let at = 0
      for (const wanted of expected as readonly ExpectedMessage[]) {
        if (seen[at] !== undefined && agrees(seen[at]!, wanted, matches)) at++
        else if (wanted.optional !== true) return { wanted, found: seen[at] ?? 'nothing more' }
      }
      return at < seen.length ? { wanted: 'nothing more', found: seen[at] } : undefined
    },
  }
}

function agrees({ message, flags, fields }: Seen, wanted: ExpectedMessage, matches: (found: unknown, expected: unknown) => boolean): boolean {
  return message === wanted.message && flags === (wanted.flags ?? flags)
    && (wanted.maxFieldCount === undefined || (fields?.length ?? 0) - 1 <= wanted.maxFieldCount)
    && Object.entries(wanted.fields ?? {}).every(([index, text]) => matches(fields?.[Number(index)] ?? '', text))
}
