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

/** The handlers of a scenario, and what the one for records saw since the last look. */
interface Listener {
  recordFilter: number
  textFilter: number
  answer: MessageAnswer
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
const listenerKey = 'listener'

export const messageOperations: Readonly<Record<string, Operation>> = {
  MsiSetExternalUI: ({ handler, filter }, world) => {
    listenerOf(world).textFilter = handler === null ? 0 : Number(filter)
    return { ret: null }
  },
  MsiSetExternalUIRecord: ({ handler, filter }, world) => {
    listenerOf(world).recordFilter = handler === null ? 0 : Number(filter)
    return { rc: success }
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

function listenerOf(world: World): Listener {
  let listener = world.state.get(listenerKey) as Listener | undefined
  if (listener === undefined) {
    listener = { recordFilter: 0, textFilter: 0, answer: 0, recordHandlerRan: false, stringHandlerRan: false, seen: [] }
    world.state.set(listenerKey, listener)
  }
  return listener
}

const levels: Readonly<Record<number, UiLevel>> = { 1: 'full', 2: 'none', 3: 'basic', 4: 'reduced', 5: 'full' }

/** The user interface that the scenario has set. */
export function sessionOptions(world: World, step?: Step): InstallOptions {
  return { ...messageOptions(world, step), ui: levels[world.uiLevel] ?? 'none', noModalDialogs: true }
}

/** Options that let the scenario's handlers see what is sent. */
function messageOptions(world: World, step?: Step): InstallOptions {
  const listener = listenerOf(world)
  if (listener.recordFilter === 0 && listener.textFilter === 0) return {}
  listener.answer = Number(step?.['uiReturn'] ?? 0) as MessageAnswer
  return { onMessage: (message) => hear(listener, message) }
}

function hear(listener: Listener, { type, record, text }: InstallMessage): MessageAnswer {
  const bit = 1 << type
  if ((listener.recordFilter & bit) !== 0 && bit !== progress) {
    listener.recordHandlerRan = true
    listener.seen.push({ message: names.get(type)!, flags: 0, fields: record.map((field) => field === null ? '' : String(field)) })
    if (listener.answer !== 0) return listener.answer
  }
  if ((listener.textFilter & bit) === 0) return 0
  listener.stringHandlerRan = true
  if (bit === showDialog) listener.seen.push({ message: names.get(type)!, flags: 0, fields: [text] })
  return listener.answer
}

/** The end of a package's handle. */
export function sendTerminate(world: World): void {
  const listener = listenerOf(world)
  if ((listener.recordFilter & (1 << MessageType.terminate)) !== 0) listener.seen.push({ message: names.get(MessageType.terminate)!, flags: 0, fields: undefined })
}

async function process(step: Step, world: World): Promise<Found> {
  const session = world.handle<PackageSession>(step['package'])
  const fields = world.handle<Fields>(step['record'])
  if (session === undefined || fields === undefined) return { ret: -1, rc: invalidHandle }
  const type = Number(step['type'])
  const record = Array.from({ length: fields.fieldCount + 1 }, (_, index) => {
    const cell = fields.cell(index)
    return typeof cell === 'object' ? null : cell
  })
  const listener = listenerOf(world)
  Object.assign(listener, { recordHandlerRan: false, stringHandlerRan: false, answer: Number(step['uiReturn'] ?? 0) })
  const buttons = buttonSets[type & 0xf]
  const ret = await session.message(type >>> 24 as MessageType, record, (type & 0xf) === 0 || buttons === undefined ? undefined : { buttons })
  return { ret, recordHandlerRan: listener.recordHandlerRan, stringHandlerRan: listener.stringHandlerRan }
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
    && (wanted.maxFieldCount === undefined || (fields?.length ?? 1) - 1 <= wanted.maxFieldCount)
    && Object.entries(wanted.fields ?? {}).every(([index, text]) => matches(fields?.[Number(index)] ?? '', text))
}
