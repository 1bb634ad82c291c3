// What a caller can ask of a session and do to it: the functions that take an installation handle. For packages opened
// without being installed, and for code that custom actions run.
// https://learn.microsoft.com/windows/win32/msi/installer-function-reference (installer states, actions, selection);
// https://learn.microsoft.com/windows/win32/msi/obtaining-context-information-for-deferred-execution-custom-actions
import { errorCodes, WindowsError, type ErrorCodeName } from '../../base/index.ts'
import type { Database } from '../../database/index.ts'
import { evaluateCondition, formatRecord } from '../../expression/index.ts'
import { featureSelection, moveDirectory, resolveSelection, resolveStates } from './costing.ts'
import { componentCosts, featureCost, type ComponentCost } from './disk-cost.ts'
import { knownState, type Component } from './features/components.ts'
import { requestState, settle } from './features/feature-selection.ts'
import { FeatureAttribute } from './features/feature-tree.ts'
import type { Feature } from './features/features.ts'
import { ActionStatus, InstallState } from './features/states.ts'
import { resolveSource } from './folders/source.ts'
import type { InstallSession } from './install-session.ts'
import { InstallError } from './messages/install-error.ts'
import { MessageAnswer, MessageType, type MessageButtons, type MessageRecord } from './messages/messages.ts'
import { showProperties } from './properties/property-table.ts'

/** When captured code runs. Of the session it may see little more than its CustomActionData. */
export interface DeferredContext {
  readonly phase: 'deferred' | 'rollback' | 'commit'
  readonly customActionData: string
}

/** MSIRUNMODE, by number. */
export const RunMode = {
  admin: 0, advertise: 1, maintenance: 2, rollbackEnabled: 3, logEnabled: 4, operations: 5, rebootAtEnd: 6, rebootNow: 7, cabinet: 8,
  sourceShortNames: 9, targetShortNames: 10, windows9x: 12, zawEnabled: 13, scheduled: 16, rollback: 17, commit: 18,
} as const

export interface SelectionState {
  readonly installed: InstallState
  /** What it will be; `unknown` when nothing happens to it. */
  readonly action: InstallState
}

export interface FeatureDescription {
  /** INSTALLFEATUREATTRIBUTE_* bits. */
  readonly attributes: number
  readonly title: string
  readonly description: string
}

/** INSTALLFEATUREATTRIBUTE_* are the bits of Feature.Attributes one place higher. */
const attributeBits: readonly (readonly [api: number, table: number])[] = [
  [0x01, 0], [0x02, FeatureAttribute.favorSource], [0x04, FeatureAttribute.followParent], [0x08, FeatureAttribute.favorAdvertise],
  [0x10, FeatureAttribute.disallowAdvertise], [0x20, FeatureAttribute.noUnsupportedAdvertise],
]

/** What is favoured instead of local. */
const notLocal = FeatureAttribute.favorSource | FeatureAttribute.followParent
/** Of COMMONDATA: field 2 says whether the cancel button is shown. */
const cancelButton = 2
const engineMessages: ReadonlySet<number> = new Set([MessageType.initialize, MessageType.terminate, MessageType.showDialog, MessageType.performance])
const shownMessages: ReadonlySet<number> = new Set([MessageType.fatalExit, MessageType.error, MessageType.warning, MessageType.user, MessageType.info])

/** A handle of an installation. Its functions throw a WindowsError with the code that the documented ones return. */
export class PackageSession implements Disposable {
  readonly #session: InstallSession
  readonly #deferred: DeferredContext | undefined
  readonly #release: () => void
  /** Fulfilled once `onMessage` was told that the package is open; what the session does waits for it. */
  readonly opened: Promise<void>
  readonly #hasUi: boolean
  #isClosed = false

  constructor(session: InstallSession, options: { deferred?: DeferredContext; release?: () => void; opening?: Promise<void> } = {}) {
    this.#session = session
    this.#deferred = options.deferred
    this.#release = options.release ?? (() => {})
    this.#hasUi = options.opening !== undefined
    this.opened = options.opening ?? Promise.resolve()
    this.opened.catch((error: unknown) => { this.#traceHandler(error) })
  }

  [Symbol.dispose](): void {
    if (this.#hasUi && !this.#isClosed) this.opened.then(() => this.#session.messages.send(MessageType.terminate, [null])).catch((error: unknown) => { this.#traceHandler(error) })
    this.#isClosed = true
    this.#release()
  }

  #traceHandler(error: unknown): void {
    this.#session.platform.trace('engine', () => `the handler of messages failed: ${String(error)}`)
  }

  /** The package's database with what the session adds to it; captured code has none. */
  get database(): Database | undefined {
    return this.#deferred === undefined ? showProperties(this.#session.database, this.#session.properties) : undefined
  }

  /** LANGID of the package. */
  get language(): number {
    return this.#session.product.language || this.#session.parts.package.summary.languages[0] || 0
  }

  /** `''` when it is not set. Captured code sees CustomActionData, ProductCode and UserSID alone. */
  property(name: string): string {
    const { properties } = this.#session
    if (this.#deferred === undefined) return properties.get(name)
    if (name === 'CustomActionData') return this.#deferred.customActionData
    return name === 'ProductCode' || name === 'UserSID' ? properties.get(name) : ''
  }

  /** @throws WindowsError ERROR_FUNCTION_FAILED without a name */
  setProperty(name: string, value: string): void {
    const { properties, directoryTree } = this.#live()
    if (name === '') {
      if (value !== '') throw problem('ERROR_FUNCTION_FAILED', 'property: expected a name, found none')
      return
    }
    properties.set(name, value)
    if (name === 'SourceDir') directoryTree?.forgetSources()
  }

  /** A row of the Property table, whatever the session has made of it. */
  productProperty(name: string): string {
    return this.#session.parts.package.properties.get(name) ?? ''
  }

  /** Fields from 0, the template. */
  format(record: readonly (string | number | null | undefined)[]): string {
    return formatRecord(record, this.#deferred === undefined ? this.#session.formatSession : { property: (name) => this.property(name) })
  }

  condition(text: string | null): 'true' | 'false' | 'none' | 'error' {
    return evaluateCondition(text, this.#session.conditionContext)
  }

  /** Runs an action by name. Answers the code: 0, 1602, 1603, 1604, 1626 when there is no such action, 259 for "no more". */
  async doAction(name: string): Promise<number> {
    const session = this.#live()
    await this.opened
    return actionCode(await session.installation.calls.runAction(session, name), session)
  }

  /** Runs the rows of a sequence table. Answers as {@link doAction} does. */
  async sequence(table: string): Promise<number> {
    const session = this.#live()
    if (session.database.table(table) === undefined) return errorCodes.ERROR_INVALID_HANDLE_STATE
    await this.opened
    return actionCode(await session.installation.calls.runSequence(session, table), session)
  }

  /** @throws WindowsError ERROR_DIRECTORY */
  targetPath(folder: string): string {
    const session = this.#live()
    if (session.directoryTree?.has(folder) !== true) throw unknownFolder(folder)
    return session.directoryTree.target(folder)
  }

  /** @throws WindowsError ERROR_DIRECTORY for an unknown folder, ERROR_FUNCTION_FAILED for a path that cannot be */
  setTargetPath(folder: string, path: string): void {
    const session = this.#live()
    if (session.directoryTree?.has(folder) !== true) throw unknownFolder(folder)
    asFunctionFailed(() => moveDirectory(session, folder, path))
  }

  /** Compressed packages have no folders in their source but its root. @throws WindowsError ERROR_DIRECTORY */
  sourcePath(folder: string): string {
    const session = this.#live()
    if (session.directoryTree === undefined) throw unknownFolder(folder)
    const source = resolveSource(session)
    if (folder === 'SourceDir') return source
    if (!session.directoryTree.has(folder)) throw unknownFolder(folder)
    return session.parts.package.summary.compressed ? source : session.directoryTree.source(folder)
  }

  /** @throws WindowsError ERROR_UNKNOWN_FEATURE */
  featureState(name: string): SelectionState {
    const { installed, action } = this.#feature(name)
    return this.#isCosted() ? { installed, action } : { installed: InstallState.unknown, action: InstallState.unknown }
  }

  /** Requests a state; parents and children follow as they do for the list properties. */
  setFeatureState(name: string, state: InstallState): void {
    const session = this.#live()
    const feature = this.#feature(name)
    const selection = featureSelection(session)
    const before = new Map([...session.features.values()].map((one) => [one, one.request]))
    requestState(selection, feature, state)
    for (const one of session.features.values()) {
      const { request } = one
      if (one !== feature && request === before.get(one)) continue
      settle(selection, one)
      // Absence that was asked for is told, though there is nothing to remove.
      if (request === InstallState.absent && one.action === InstallState.unknown) one.action = InstallState.absent
    }
    resolveStates(session)
  }

  /** Of packages that are opened only, too. @throws WindowsError ERROR_UNKNOWN_FEATURE */
  featureInfo(name: string): FeatureDescription {
    const session = this.#live()
    const row = session.database.table('Feature')?.find(name)
    const attributes = session.features.get(name)?.attributes ?? row?.integer('Attributes') ?? 0
    const title = session.features.get(name)?.title ?? row?.text('Title')
    if (title === undefined) throw problem('ERROR_UNKNOWN_FEATURE', `feature ${name}: the package has none of that name`)
    const description = row?.text('Description') ?? ''
    const bits = attributeBits.reduce((sum, [api, table]) => (table === 0 ? (attributes & notLocal) === 0 : (attributes & table) !== 0) ? sum | api : sum, 0)
    return { title, description, attributes: bits }
  }

  /**
   * @param attributes INSTALLFEATUREATTRIBUTE_* bits; takes effect when costing is finalized
   * @throws WindowsError ERROR_FUNCTION_FAILED before CostInitialize and after CostFinalize; ERROR_UNKNOWN_FEATURE
   */
  setFeatureAttributes(name: string, attributes: number): void {
    const { costing } = this.#live()
    if (costing !== 'initialized') throw problem('ERROR_FUNCTION_FAILED', `feature ${name}: attributes can be set between CostInitialize and CostFinalize only`)
    const feature = this.#feature(name)
    feature.attributes = attributeBits.reduce((sum, [api, table]) => (attributes & api) !== 0 ? sum | table : sum, feature.attributes & FeatureAttribute.uiDisallowAbsent)
  }

  /** Units of 512 bytes that the state costs, with children and parents when `tree` says so. */
  featureCost(name: string, tree: 'self' | 'children' | 'parents', state: InstallState): number {
    return featureCost(this.#live(), this.#feature(name), tree, state)
  }

  /** @throws WindowsError ERROR_UNKNOWN_COMPONENT */
  componentState(name: string): SelectionState {
    const component = this.#component(name)
    if (!this.#isCosted()) return { installed: InstallState.unknown, action: InstallState.unknown }
    return { installed: knownState(component), action: component.action }
  }

  /** Requests a state for one component, whatever its features have. */
  setComponentState(name: string, state: InstallState): void {
    const component = this.#component(name)
    component.request = state
    component.action = component.installed === state ? InstallState.unknown : state
  }

  /**
   * Per volume, in units of 512 bytes; without a name, what the installation itself needs.
   * @throws WindowsError ERROR_FUNCTION_NOT_CALLED before costing is finalized
   */
  componentCosts(name: string, state: InstallState): readonly ComponentCost[] {
    const session = this.#live()
    if (!this.#isCosted()) throw problem('ERROR_FUNCTION_NOT_CALLED', 'component costs: costing is not finalized')
    return componentCosts(session, name === '' ? undefined : this.#component(name), state)
  }

  /** INSTALLLEVEL, and what follows for the features. 0 selects nothing anew. */
  setInstallLevel(level: number): void {
    const session = this.#live()
    if (level < 0 || level > 32767) throw problem('ERROR_INVALID_PARAMETER', `install level: expected 0 to 32767, found ${level}`)
    if (level > 0) session.properties.set('INSTALLLEVEL', String(level))
    if (session.costing === 'finalized' && level > 0) resolveSelection(session)
  }

  /** Of captured code only the three modes of its phase are ever true. */
  mode(mode: number): boolean {
    if (this.#deferred !== undefined) return mode === { deferred: RunMode.scheduled, rollback: RunMode.rollback, commit: RunMode.commit }[this.#deferred.phase]
    const { properties, installation, context, parts, inTransaction } = this.#session
    switch (mode) {
      case RunMode.admin: return properties.get('ACTION') === 'ADMIN'
      case RunMode.advertise: return properties.get('ACTION') === 'ADVERTISE'
      case RunMode.maintenance: return context.isInstalled
      case RunMode.rollbackEnabled: return properties.get('RollbackDisabled') === ''
      case RunMode.logEnabled: return installation.settings.sink !== undefined
      case RunMode.operations: return inTransaction
      case RunMode.rebootAtEnd: return installation.rebootReasons.size > 0
      case RunMode.rebootNow: return installation.rebootNow
      case RunMode.cabinet: return parts.package.summary.compressed
      case RunMode.sourceShortNames: return parts.package.summary.shortFileNames
      case RunMode.targetShortNames: return properties.get('SHORTFILENAMES') !== ''
      case RunMode.zawEnabled: return true
      default: return false
    }
  }

  /** Only the two of rebooting can be set. @throws WindowsError ERROR_ACCESS_DENIED for others */
  setMode(mode: number, on: boolean): void {
    const { installation } = this.#live()
    if (mode === RunMode.rebootNow) installation.rebootNow = on
    else if (mode !== RunMode.rebootAtEnd) throw problem('ERROR_ACCESS_DENIED', `run mode ${mode} cannot be set`)
    else if (on) installation.rebootReasons.add('custom action')
    else installation.rebootReasons.delete('custom action')
  }

  /** Answers -1 for a message that is not the caller's to send, and 0 where there is nobody to show it to. */
  async message(type: MessageType, record: MessageRecord, buttons?: MessageButtons): Promise<MessageAnswer> {
    const { messages } = this.#session
    if (engineMessages.has(type) || (type === MessageType.commonData && record[1] !== cancelButton)) return MessageAnswer.error
    await this.opened
    return messages.send(type, record, buttons, shownMessages.has(type) && buttons === undefined ? MessageAnswer.none : undefined)
  }

  #isCosted(): boolean {
    return this.#session.costing === 'finalized'
  }

  #live(): InstallSession {
    if (this.#deferred !== undefined) throw problem('ERROR_INVALID_HANDLE', 'captured code sees nothing of the session that wrote it')
    return this.#session
  }

  #feature(name: string): Feature {
    const feature = this.#live().features.get(name)
    if (feature === undefined) throw problem('ERROR_UNKNOWN_FEATURE', `feature ${name}: the package has none of that name, or costing has not begun`)
    return feature
  }

  #component(name: string): Component {
    const component = this.#live().components.get(name)
    if (component === undefined) throw problem('ERROR_UNKNOWN_COMPONENT', `component ${name}: the package has none of that name, or costing has not begun`)
    return component
  }
}

function actionCode(status: ActionStatus, session: InstallSession): number {
  switch (status) {
    case ActionStatus.success: return 0
    case ActionStatus.notExecuted: return errorCodes.ERROR_FUNCTION_NOT_CALLED
    case ActionStatus.userExit: return errorCodes.ERROR_INSTALL_USEREXIT
    case ActionStatus.suspend: return errorCodes.ERROR_INSTALL_SUSPEND
    case ActionStatus.finished: return errorCodes.ERROR_NO_MORE_ITEMS
    case ActionStatus.wrongState: return errorCodes.ERROR_INVALID_HANDLE_STATE
    case ActionStatus.invalidData: return errorCodes.ERROR_INVALID_DATA
    default: return session.failure?.errno ?? errorCodes.ERROR_INSTALL_FAILURE
  }
}

function unknownFolder(folder: string): WindowsError {
  return problem('ERROR_DIRECTORY', `folder ${folder}: the Directory table has none of that name, or costing has not begun`)
}

function asFunctionFailed(action: () => void): void {
  try {
    action()
  } catch (error) {
    if (!(error instanceof InstallError)) throw error
    throw problem('ERROR_FUNCTION_FAILED', error.message)
  }
}

function problem(code: ErrorCodeName, message: string): WindowsError {
  return new WindowsError(code, message)
}
