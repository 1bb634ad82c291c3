// A session: one product being installed, maintained or removed. Holds the state that actions read and change; what
// decides about features, components and files lies in files of its own, and the actions call it.
// https://learn.microsoft.com/windows/win32/msi/about-properties
import { PackedList, readAll } from '../../base/index.ts'
import type { Database, Row } from '../../database/index.ts'
import { evaluateCondition, format, type ConditionContext, type FormatSession } from '../../expression/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { Package } from '../package/package.ts'
import type { PackagePatches } from '../package/patches.ts'
import type { Transaction } from '../script/index.ts'
import type { ActionData, FirstBootAction, Operation, ScriptEntry } from '../script/operation.ts'
import type { InUse } from './applications/in-use.ts'
import { removesEverything } from './features/component-states.ts'
import { knownState, runsFromSource, type Component } from './features/components.ts'
import type { Feature } from './features/features.ts'
import type { InstalledProduct } from './features/installed-state.ts'
import { InstallState } from './features/states.ts'
import type { FileEntry } from './files/files.ts'
import type { DirectoryTree } from './folders/directory-tree.ts'
import type { Installation } from './installation.ts'
import { InstallError } from './messages/install-error.ts'
import type { ActionText } from './messages/languages/index.ts'
import type { LogSide } from './messages/log.ts'
import type { SessionMessages } from './messages/session-messages.ts'
import type { Policies } from './properties/policies.ts'
import type { PropertyStore } from './properties/property-store.ts'
import { physicalKey } from './registry-view.ts'
import type { InstallContext, IsolatedComponent, ProductIdentity, Session } from './session.ts'

/** How far costing has come. */
export type CostingStage = 'none' | 'initialized' | 'finalized'

/** The transaction that a session takes part in; a nested session shares that of its parent. */
export interface SessionTransaction {
  /** Who commits it; `undefined` for one of several packages, which none of them does. */
  readonly owner: InstallSession | undefined
  /** `undefined` when planning: nothing is executed. */
  readonly script: Transaction | undefined
}

export interface SessionParts {
  readonly installation: Installation
  readonly package: Package
  readonly side: LogSide
  readonly properties: PropertyStore
  readonly policies: Policies
  readonly installed: InstalledProduct | undefined
  /** Where the package is installed from, when that is another folder than its own; else `''`. */
  readonly sourceDir: string
  readonly context: Omit<InstallContext, 'removingProduct' | 'reinstallMode'>
  readonly product: ProductIdentity
  /** The session that this one is nested in. */
  readonly parent: InstallSession | undefined
}

/** Formatted text has no record: `[1]` is no valid property name, so it is blank. */
const noField = (): string => ''

export class InstallSession implements Session {
  readonly parts: SessionParts
  readonly platform: Platform
  readonly database: Database
  readonly properties: PropertyStore
  readonly product: ProductIdentity
  readonly formatSession: FormatSession
  readonly conditionContext: ConditionContext
  readonly patches: PackagePatches | undefined
  readonly isolated: IsolatedComponent[] = []
  features: Map<string, Feature> = new Map()
  components: Map<string, Component> = new Map()
  files: Map<string, FileEntry> = new Map()
  /** Features in the UI or ADDLOCAL may have been changed by MsiSetFeatureState since costing. */
  costing: CostingStage = 'none'
  directoryTree: DirectoryTree | undefined
  reinstallMode = 'omus'
  transaction: SessionTransaction | undefined
  /** Actions that wait for the first start of the root. */
  readonly firstBoot: FirstBootAction[] = []
  /** Operations that wait for InstallExecute or InstallFinalize. */
  script = new PackedList<ScriptEntry>()
  inUse: InUse | undefined
  /** Files of transforms that have to be kept for maintenance. */
  transformCopies: readonly { readonly source: string; readonly destination: string }[] = []
  /** The action that runs now. */
  currentAction = ''
  /** What made the session fail, for the exit code. */
  failure: InstallError | undefined
  /** Tables whose rows are being run. */
  readonly runningSequences = new Set<string>()
  /** Custom actions that were started and not waited for. */
  readonly asynchronous: Promise<void>[] = []
  #messages: SessionMessages | undefined
  #scriptAction = ''
  #context: InstallContext | undefined

  constructor(parts: SessionParts) {
    this.parts = parts
    this.platform = parts.installation.settings.platform
    this.database = parts.package.database
    this.patches = parts.package.patches
    this.properties = parts.properties
    this.product = parts.product
    this.formatSession = this.#createFormatSession()
    this.conditionContext = this.#createConditionContext()
  }

  get installation(): Installation {
    return this.parts.installation
  }

  get messages(): SessionMessages {
    return this.#messages!
  }

  set messages(messages: SessionMessages) {
    this.#messages = messages
  }

  get context(): InstallContext {
    return this.#context ??= {
      ...this.parts.context, reinstallMode: this.reinstallMode,
      removingProduct: this.parts.installed !== undefined && this.costing === 'finalized' && removesEverything(this.features),
    }
  }

  /** Features, or how far costing is, have changed. */
  forgetContext(): void {
    this.#context = undefined
  }

  get directories(): DirectoryTree {
    if (this.directoryTree === undefined) throw new InstallError(2732)
    return this.directoryTree
  }

  get sourceRoot(): string {
    return this.properties.get('SourceDir') || this.parts.sourceDir || this.parts.package.folder
  }

  get inTransaction(): boolean {
    return this.transaction !== undefined
  }

  get sourceUsesShortNames(): boolean {
    return this.parts.package.summary.shortFileNames
  }

  get sourceIsAdminImage(): boolean {
    return this.parts.package.summary.adminImage
  }

  get packageSchema(): number {
    return this.parts.package.summary.schema
  }

  * rows(table: string): Generator<Row, void, undefined> {
    yield* this.database.table(table)?.rows() ?? []
  }

  format(text: string): string {
    return format(text, { session: this.formatSession, field: noField })
  }

  /** `[$component]` falls back to the requested state; `[!file]` is the long path, as on volumes without short names. */
  formatValue(text: string): string {
    return !text.includes('[') ? this.format(text) : format(text, { session: { ...this.formatSession, componentDirectory: (name) => this.#componentDirectory(name, true) }, field: noField })
  }

  condition(text: string): boolean {
    const result = evaluateCondition(text, this.conditionContext)
    if (result === 'error') throw new InstallError(2717, [text], { action: this.currentAction })
    return result !== 'false'
  }

  emit(operation: Operation, details: { data?: ActionData; ticks?: number } = {}): void {
    if (!this.inTransaction) throw new InstallError(2762, [], { action: this.currentAction })
    if (this.#scriptAction !== this.currentAction) {
      this.#scriptAction = this.currentAction
      const { description, template } = this.actionText(this.currentAction)
      this.script.push({ operation: { op: 'ActionStart', name: this.currentAction, description, template } })
    }
    // Nobody reads the data then: it would only be kept.
    if (this.messages.isUnheard && !this.installation.settings.planning) this.script.push(details.ticks === undefined ? { operation } : { operation, ticks: details.ticks })
    else this.script.push({ operation, ...details })
  }

  atFirstBoot(name: string, commandLine: string): boolean {
    const { deferToFirstBoot, customActions } = this.installation.settings
    if (!deferToFirstBoot || customActions !== 'run') return false
    if (this.firstBoot.some(({ target }) => target === commandLine)) return true
    // Key of a row: letters, digits, underscores and points.
    const key = name.replaceAll(/[^\w.]/g, '_').slice(0, 60)
    const known = new Set(this.firstBoot.map((one) => one.name))
    let free = key
    for (let number = 2; known.has(free); number++) free = `${key}_${number}`
    const actionType = 0x400 | 0x800 | 0x40 // In the script, as the system, whatever it returns.
    this.firstBoot.push({ name: free, actionType, kind: 'program', sourceKind: 'directory', source: this.properties.get('WindowsFolder'), target: commandLine, customActionData: '', hidden: false })
    return true
  }

  /** Takes the operations written so far, to be executed. */
  takeScript(): PackedList<ScriptEntry> {
    const entries = this.script
    this.script = new PackedList()
    this.#scriptAction = ''
    this.database.forgetTexts()
    return entries
  }

  registryKey(root: number, key: string, is64Bit: boolean): string {
    const { perMachine, classesRoot } = this.parts.context
    return physicalKey({ perMachine, classesRoot, has32BitView: this.platform.machine.architecture !== 'x86' }, root, key, is64Bit)
  }

  stream(table: string, ...key: string[]): Uint8Array | undefined {
    const source = this.database.stream([table, ...key].join('.'))
    return source && readAll(source)
  }

  /** The package's texts for an action, else the built-in ones. */
  actionText(action: string): ActionText {
    return this.messages.actionText(action)
  }

  /** Full path of a row of the File table: in the source for a component that runs from there; `''` before costing. */
  filePath(key: string): string {
    const file = this.files.get(key)
    if (file === undefined || this.costing !== 'finalized') return ''
    const component = this.components.get(file.component)
    return component !== undefined && runsFromSource(component) ? file.sourcePath : file.targetPath
  }

  /** Blank for a file of a component that its Condition keeps away. */
  #formattedFilePath(key: string): string {
    const component = this.components.get(this.files.get(key)?.component ?? '')
    const isKeptAway = component !== undefined && !component.enabled && component.action === InstallState.unknown && component.installed === InstallState.absent
    return isKeptAway ? '' : this.filePath(key)
  }

  #componentDirectory(name: string, fallsBackToRequest: boolean): string {
    const component = this.components.get(name)
    if (component === undefined || this.costing !== 'finalized') return ''
    const state = component.action === InstallState.unknown && fallsBackToRequest ? component.request : component.action
    if (state === InstallState.local) return this.directories.target(component.directory)
    return state === InstallState.source ? this.directories.source(component.directory) : ''
  }

  #createFormatSession(): FormatSession {
    const environment = this.platform.machine.environment
    return {
      property: (name) => this.properties.get(name),
      environment: (name) => environment[name.toUpperCase()] ?? '',
      filePath: (file) => this.#formattedFilePath(file),
      componentDirectory: (component) => this.#componentDirectory(component, false),
    }
  }

  #createConditionContext(): ConditionContext {
    const known = (): boolean => this.costing === 'finalized'
    return {
      property: (name) => this.properties.get(name),
      environment: (name) => this.platform.machine.environment[name.toUpperCase()] ?? '',
      featureInstalled: (name) => known() ? this.features.get(name)?.installed : undefined,
      featureAction: (name) => known() ? this.features.get(name)?.action : undefined,
      componentInstalled: (name) => {
        const component = known() ? this.components.get(name) : undefined
        return component && knownState(component)
      },
      componentAction: (name) => known() ? this.components.get(name)?.action : undefined,
    }
  }
}
