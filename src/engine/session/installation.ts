// What all sessions of one call share: the client, the server and the nested ones. One call of msiexec, so to say.
import { foldCase } from '../../base/index.ts'
import type { HostPath, Platform, ProcessIdentity, ProgramResult } from '../../platform/index.ts'
import type { RestartManager } from '../../restart-manager/index.ts'
import type { Package } from '../package/package.ts'
import type { ScriptEntry } from '../script/operation.ts'
import { HostServices } from './applications/host-services.ts'
import type { ActionStatus } from './features/states.ts'
import type { InstallSession } from './install-session.ts'
import { english, loadMessageTexts, type MessageTexts } from './messages/languages/index.ts'
import type { LogSink } from './messages/log.ts'
import { Progress } from './messages/progress.ts'
import type { MessageHandler } from './messages/session-messages.ts'
import type { PackageSession } from './package-session.ts'
import type { UiLevel } from './properties/initial-properties.ts'
import type { InstallerVersion } from './properties/installer-version.ts'
import { Secrets } from './properties/secrets.ts'
import type { SharedTransaction } from './shared-transaction.ts'

/** What is done with custom actions that are code of the package: run (where nothing can, they fail), or not, and go on or end. */
export type CustomActionPolicy = 'run' | 'skip' | 'fail'

export interface ForeignProgram {
  /** `undefined` for a program of the runner's own. */
  readonly hostPath: string | undefined
  readonly windowsPath: string
  /** What follows the program, as it is, and split by the rules of Windows. */
  readonly commandLine: string
  readonly args: readonly string[]
  /** On the host. */
  readonly workingDirectory: string | undefined
  readonly timeLimitMs: number
  readonly signal?: AbortSignal
  /** As of `ProgramSpec`. */
  readonly letGo?: boolean
}

/** Runs programs and libraries that the host cannot: an emulator, say. `undefined`: it cannot either. */
export interface ForeignRunner {
  readonly name: string
  runProgram(program: ForeignProgram): Promise<ProgramResult>
  /** Where the runner itself has a program that the root lacks, one of Windows such as cmd.exe: the Windows path to run it by. */
  ownProgram?(windowsPath: string): Promise<string | undefined>
}

/** Runs entry points of libraries: an emulator, or code that does what the library does. */
export interface LibraryRunner {
  readonly name: string
  /** Answers the Windows code that the entry point returned; `undefined` when there is no running it. */
  runLibrary(call: LibraryCall): number | undefined | Promise<number | undefined>
}

export interface LibraryCall {
  readonly action: string
  /** A row of the Binary table, or the full Windows path of an installed file. */
  readonly library: { readonly binary: string } | { readonly path: string }
  readonly entryPoint: string
  /** What the entry point gets as its handle. */
  readonly session: PackageSession
  readonly timeLimitMs: number
  readonly signal?: AbortSignal
}

export interface InstallationSettings {
  readonly platform: Platform
  readonly installerVersion: InstallerVersion
  readonly uiLevel: UiLevel
  /** `/qb-`: no modal dialogs, nobody is asked. */
  readonly noModalDialogs: boolean
  /** `/qb!` */
  readonly hideCancel: boolean
  readonly sourceResolutionOnly: boolean
  /** LANGID that the installer speaks, whatever the product's is. */
  readonly language: number | undefined
  readonly handler: MessageHandler | undefined
  readonly sink: LogSink | undefined
  readonly logFile: string | undefined
  readonly signal: AbortSignal | undefined
  readonly customActions: CustomActionPolicy
  /** For every program that is run, in milliseconds. */
  readonly timeLimitMs: number
  /** Code of Windows in the script waits for the first start of the root. */
  readonly deferToFirstBoot: boolean
  readonly foreignRunner: ForeignRunner | undefined
  readonly libraryRunner: LibraryRunner | undefined
  readonly restartManager: RestartManager | undefined
  /** What becomes of closed applications that never registered for a restart. Windows leaves them closed. */
  readonly unregisteredApplications: 'leave' | 'relaunch'
  readonly restartMachine: (() => void | Promise<void>) | undefined
  /** What the root survives: the end of the process, or a loss of power too. */
  readonly durability: 'process-end' | 'power-loss'
  /** Nothing is written or run: the script is collected instead. */
  readonly planning: boolean
}

export interface PlannedSession {
  readonly productCode: string
  readonly productName: string
  readonly entries: ScriptEntry[]
  /** Immediate ones: they would run while the script is written. The others are operations of it. */
  readonly immediateActions: { readonly name: string; readonly description: string }[]
  /** What the package would register with the Restart Manager, beside the files that change. */
  readonly restartResources: PlannedResources[]
}

export interface PlannedResources {
  readonly files: readonly HostPath[]
  readonly processes: readonly ProcessIdentity[]
  readonly services: readonly string[]
}

export type RebootReason = 'files in use' | 'ScheduleReboot' | 'ForceReboot' | 'custom action'

/** `concurrent`: one of the custom actions of types 7, 23 and 39, which tells the product who its parent is. */
export type NestedProduct =
  | { readonly productCode: string; readonly concurrent: boolean }
  | { readonly path: string; readonly concurrent: true }

/** What actions ask of the sequence that runs them; here, so that they need not know it. */
export interface EngineCalls {
  runAction(session: InstallSession, name: string): Promise<ActionStatus>
  runSequence(session: InstallSession, table: string): Promise<ActionStatus>
  /** ExecuteAction: the execute sequence, in a session of its own that gets the client's public properties. */
  execute(client: InstallSession, action: string): Promise<ActionStatus>
  /** RemoveExistingProducts and nested installations: another product in a session within this one. Answers the exit code. */
  runNested(parent: InstallSession, product: NestedProduct, settings: ReadonlyMap<string, string>): Promise<number>
}

/** Far above what any package does. */
const maximumNested = 1000
const maximumSequences = 1000

export class Installation {
  settings: InstallationSettings
  readonly calls: EngineCalls
  /** Of several packages that stand or fall together. */
  readonly shared: SharedTransaction | undefined
  /** Actions that ran in the UI sequence and do so once only. */
  readonly ranInUi = new Set<string>()
  uiSequenceRan = false
  /** The session of the execute sequence, the client's own aside. */
  server: InstallSession | undefined
  /** Why the machine has to be started again; empty when it need not. */
  readonly rebootReasons = new Set<RebootReason>()
  /** ForceReboot: at once, the installation goes on afterwards. */
  rebootNow = false
  /** The machine is restarted after everything else. */
  restartInitiated = false
  /** What the sessions would do, when planning. */
  readonly planned: PlannedSession[] = []
  readonly #plannedRemovals = new Set<string>()
  readonly #texts = new WeakMap<Package, MessageTexts>()
  readonly progress = new Progress()
  /** Of all its products: they hand them to each other. */
  readonly secrets = new Secrets()
  /** Services of the host that the package stops and starts itself. */
  readonly hostServices: HostServices
  /** Scripts that run each other by DoAction. */
  runningScripts = 0
  #threads = 0
  #nested = 0
  #sequences = 0

  constructor(settings: InstallationSettings, calls: EngineCalls, shared?: SharedTransaction) {
    this.settings = settings
    this.calls = calls
    this.shared = shared
    this.hostServices = new HostServices(settings.platform.services, settings.restartManager, settings.signal)
  }

  /** Before a session of the package is opened: has its messages at hand in its language. */
  async learnLanguage(source: Package): Promise<void> {
    const { language, platform: { machine } } = this.settings
    const product = Number(source.properties.get('ProductLanguage')) || 0
    this.#texts.set(source, await loadMessageTexts([language ?? 0, product, machine.userLanguage, machine.systemLanguage]))
  }

  /** LIMITUI: the package has no user interface of its own, whatever tables it has. https://learn.microsoft.com/windows/win32/msi/limitui */
  limitUi(): void {
    if (this.settings.uiLevel === 'full' || this.settings.uiLevel === 'reduced') this.settings = { ...this.settings, uiLevel: 'basic' }
  }

  /** What is logged from now on, of sessions that are opened from now on. */
  logTo({ sink, path }: { readonly sink: LogSink; readonly path: string }): void {
    this.settings = { ...this.settings, sink, logFile: path }
  }

  /** English, where nobody asked for the package's language. */
  textsOf(source: Package): MessageTexts {
    return this.#texts.get(source) ?? english
  }

  /** Packages that name each other could go on for ever. */
  mayNest(): boolean {
    return ++this.#nested <= maximumNested
  }

  /** So could tables that run each other. */
  mayRunSequence(): boolean {
    return ++this.#sequences <= maximumSequences
  }

  /** Whether a plan has removed this file by now. */
  isPlannedAway(path: string): boolean {
    return this.planned.length > 0 && this.#plannedRemovals.has(foldCase(path))
  }

  plan(session: InstallSession, entries: Iterable<ScriptEntry>): void {
    const planned = this.#plannedOf(session).entries
    for (const entry of entries) {
      const { operation } = entry
      planned.push(entry)
      if (operation.op === 'FileRemove') this.#plannedRemovals.add(foldCase(operation.path))
      else if (operation.op === 'FileCopy') this.#plannedRemovals.delete(foldCase(operation.destination))
    }
  }

  planImmediateAction(session: InstallSession, name: string, description: string): void {
    this.#plannedOf(session).immediateActions.push({ name, description })
  }

  planResources(session: InstallSession, resources: PlannedResources): void {
    this.#plannedOf(session).restartResources.push(resources)
  }

  #plannedOf({ product: { productCode, productName } }: InstallSession): PlannedSession {
    const known = this.planned.find((one) => one.productCode === productCode)
    if (known !== undefined) return known
    const planned: PlannedSession = { productCode, productName, entries: [], immediateActions: [], restartResources: [] }
    this.planned.push(planned)
    return planned
  }

  /** Numbers sessions in the log. */
  nextThread(): number {
    return (this.#threads += 4) & 0xff
  }
}
