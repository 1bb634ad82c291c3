// WixCloseApplications and its deferred part, the actions behind util:CloseApplication: programs that the package names
// are counted, asked about, closed, and when they go on running ended by force or left for a restart of the machine.
// All closing is the Restart Manager's, in a session of its own limited to those processes: the order, the time limits
// and the refusal to touch what is critical are the same. Nothing is started again, and exit codes cannot be given.
// https://docs.firegiant.com/wix/schema/util/closeapplication
import { WindowsError } from '../../../base/index.ts'
import type { Row } from '../../../database/index.ts'
import type { ProcessFacts } from '../../../platform/index.ts'
import { ActionStatus } from '../../session/features/states.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { MessageAnswer, MessageType } from '../../session/messages/messages.ts'
import { isInScript, parseCustomAction } from '../custom-action.ts'
import { processesNamed } from './named-processes.ts'
import type { NativeCall } from './native-action.ts'

/** Of WiX 3, and of WiX 4 and later. */
const tables = ['WixCloseApplication', 'Wix4CloseApplication']

/** Bits of Attributes. */
const CloseAttribute = {
  closeMessage: 0x01, rebootPrompt: 0x02, elevatedCloseMessage: 0x04, endSession: 0x08, elevatedEndSession: 0x10, terminate: 0x20,
  promptToContinue: 0x40,
} as const

const closeNow = CloseAttribute.closeMessage | CloseAttribute.endSession
const closeLater = CloseAttribute.elevatedCloseMessage | CloseAttribute.elevatedEndSession
/** What waits for the script to run. */
const deferredBits = closeLater | CloseAttribute.rebootPrompt | CloseAttribute.terminate

const defaultTimeoutMs = 5000

/** What the deferred action is told, as JSON. */
interface CloseOrder {
  readonly target: string
  readonly attributes: number
  readonly timeoutMs: number
}

/** Immediate: counts, asks, closes what may be closed as the user, and leaves the rest to the deferred action. */
export async function closeApplications(session: InstallSession, call: NativeCall): Promise<ActionStatus> {
  const later: CloseOrder[] = []
  for (const row of orderedRows(session)) {
    const order = orderOf(session, row)
    const running = await processesNamed(session.platform.processes, order.target)
    session.messages.log(`${call.action}: ${order.target} runs in ${running.length} processes${listed(running)}`)
    if (running.length === 0) continue
    if (!row.isNull('Property')) session.properties.set(row.text('Property'), String(running.length))
    if (has(order, CloseAttribute.promptToContinue) && !(await mayContinue(session, row, order))) return ActionStatus.userExit
    if (has(order, closeNow)) await close(session, call, order, false)
    if (has(order, deferredBits)) later.push(order)
  }
  return later.length === 0 ? ActionStatus.success : schedule(session, call, later)
}

/** Deferred: closes once more when that was asked for, then force or a restart for what still runs. */
export async function closeApplicationsDeferred(session: InstallSession, call: NativeCall): Promise<ActionStatus> {
  for (const order of parseOrders(call.deferred?.customActionData ?? '')) {
    if (has(order, closeLater)) await close(session, call, order, false)
    if (has(order, CloseAttribute.terminate)) await close(session, call, order, true)
    if (!has(order, CloseAttribute.rebootPrompt)) continue
    const running = await processesNamed(session.platform.processes, order.target)
    if (running.length === 0) continue
    session.messages.log(`${call.action}: ${order.target} still runs${listed(running)}, so a restart is needed`)
    session.installation.rebootReasons.add('custom action')
  }
  return ActionStatus.success
}

/** By Sequence; those without one come first. A row whose condition is false is left out. */
function orderedRows(session: InstallSession): Row[] {
  const rows = tables.flatMap((table) => [...session.rows(table)])
  return rows.filter((row) => session.condition(row.text('Condition'))).sort((a, b) => (a.integer('Sequence') ?? 0) - (b.integer('Sequence') ?? 0))
}

function orderOf(session: InstallSession, row: Row): CloseOrder {
  const timeoutMs = row.integer('Timeout') ?? defaultTimeoutMs
  return {
    target: session.format(row.text('Target')), attributes: row.integer('Attributes') ?? 0,
    timeoutMs: Math.min(Math.max(timeoutMs, 0), session.installation.settings.timeLimitMs),
  }
}

/** Asks for as long as the program runs and the answer is to look again. Nobody there to ask: it goes on. */
async function mayContinue(session: InstallSession, row: Row, { target }: CloseOrder): Promise<boolean> {
  const { messages, platform } = session
  const text = session.format(row.text('Description')) || `${target} is running. Close it to continue.`
  for (;;) {
    const answer = await messages.send(MessageType.user, [text.replaceAll('[', '[\\[]')], { buttons: 'abort-retry-ignore', defaultButton: 3 })
    if (answer === MessageAnswer.abort || answer === MessageAnswer.cancel || answer === MessageAnswer.error) return false
    if (answer !== MessageAnswer.retry) return true
    if ((await processesNamed(platform.processes, target)).length === 0) return true
  }
}

async function close(session: InstallSession, { action }: NativeCall, { target, timeoutMs }: CloseOrder, force: boolean): Promise<void> {
  const { messages, platform, installation: { settings: { restartManager, signal } } } = session
  const running = await processesNamed(platform.processes, target)
  if (running.length === 0) return
  if (restartManager === undefined) {
    messages.log(`${action}: ${target} is not closed, because there is no Restart Manager`)
    return
  }
  try {
    await using limited = await restartManager.startSession()
    await limited.register({ processes: running.map(({ identity }) => identity) })
    const limits = { queryMs: timeoutMs, windowMs: timeoutMs, consoleMs: timeoutMs, serviceMs: timeoutMs }
    await limited.shutdown({ force, limits, ...(signal === undefined ? {} : { signal }) })
    messages.log(`${action}: ${target} was closed${force ? ', by force where it did not end by itself' : ''}`)
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    messages.log(`${action}: ${target} was not closed. Error: ${error.errno} (${error.message})`)
  }
}

/** The deferred action of the same library, given what is left to do. */
async function schedule(session: InstallSession, { action, source }: NativeCall, orders: readonly CloseOrder[]): Promise<ActionStatus> {
  const deferred = [...session.rows('CustomAction')].map(parseCustomAction)
    .find((one) => one.kind === 'library' && one.target === 'WixCloseApplicationsDeferred' && one.source === source && isInScript(one))
  if (deferred === undefined || !session.inTransaction) {
    session.messages.log(`${action}: nothing is left to a deferred action: ${deferred === undefined ? 'the package has none' : 'the script is not being written'}`)
    return ActionStatus.success
  }
  session.properties.set(deferred.name, JSON.stringify(orders))
  return session.installation.calls.runAction(session, deferred.name)
}

/** What is no list of orders was not written by the immediate action, and is nothing to act on. */
function parseOrders(text: string): CloseOrder[] {
  let orders: unknown
  try {
    orders = JSON.parse(text)
  } catch {
    return []
  }
  return Array.isArray(orders) ? orders.filter(isOrder) : []
}

function isOrder(value: unknown): value is CloseOrder {
  if (typeof value !== 'object' || value === null) return false
  const { target, attributes, timeoutMs } = value as Partial<Record<keyof CloseOrder, unknown>>
  return typeof target === 'string' && typeof attributes === 'number' && typeof timeoutMs === 'number'
}

function has({ attributes }: CloseOrder, bits: number): boolean {
  return (attributes & bits) !== 0
}

function listed(running: readonly ProcessFacts[]): string {
  return running.length === 0 ? '' : `: ${running.map(({ identity }) => identity.pid).join(', ')}`
}
