// What callers of the engine say and get: one call of msiexec, as data.
import type { ErrorCodeName } from '../base/index.ts'
import type { RestartManager } from '../restart-manager/index.ts'
import type { RecoveryReport } from './script/index.ts'
import type { CustomActionPolicy, ForeignRunner, LibraryRunner, PlannedSession, RebootReason } from './session/installation.ts'
import type { LogSink } from './session/messages/log.ts'
import type { MessageHandler } from './session/messages/session-messages.ts'
import type { UiLevel } from './session/properties/initial-properties.ts'

export interface InstallOptions {
  /** Public properties of the command line; names are taken in upper case, `''` clears. */
  readonly properties?: Readonly<Record<string, string>>
  /** `none` by default. */
  readonly ui?: UiLevel
  /** `/qb-`: nobody is asked anything. MsiUIProgressOnly is set. */
  readonly noModalDialogs?: boolean
  /** `/qb!`: the user interface has no button that cancels. MsiUIHideCancel is set, and whoever shows progress is to heed it. */
  readonly hideCancel?: boolean
  /** INSTALLUILEVEL_SOURCERESONLY: MsiUISourceResOnly is set. */
  readonly sourceResolutionOnly?: boolean
  /** LANGID that the installer speaks where the package says nothing itself; by default the product's, else the user's. */
  readonly language?: number
  /** The user interface. Without one, default buttons are pressed. */
  readonly onMessage?: MessageHandler
  /** Lines of the log in msiexec's dialect, with the letter of `/L` that lets each through. */
  readonly log?: LogSink
  /** Where the lines of the log go, as a path for the user: the value of MsiLogFileLocation. */
  readonly logFile?: string
  /** Cancels: the installation is rolled back and ends with 1602. */
  readonly signal?: AbortSignal
  /** Windows Installer that is emulated, `5.0` by default. */
  readonly installerVersion?: string
  /** Code of the package: `run` runs what this machine can run and fails with the rest; `skip` and `fail` run none, and go on or end the installation. */
  readonly customActions?: CustomActionPolicy
  /** For each program that is run; 10 minutes by default. */
  readonly timeLimitMs?: number
  /** Deferred code of Windows that nothing here runs waits for the first start of the root (RunOnce); false when absent. */
  readonly deferToFirstBoot?: boolean
  readonly foreignRunner?: ForeignRunner
  readonly libraryRunner?: LibraryRunner
  /** `none` does without; by default the platform's own. */
  readonly restartManager?: RestartManager | 'none'
  /** Closed applications that never registered for a restart are started again by default; Windows leaves them closed. */
  readonly unregisteredApplications?: 'leave' | 'relaunch'
  /**
   * Restarts the machine of the root: a virtual machine that is running, a Wine prefix. Called after everything else when Windows would restart, and then
   * the exit code is 1641 (1604 after ForceReboot). Without it nothing is ever restarted, and the code is 3010.
   */
  readonly restartMachine?: () => void | Promise<void>
  /** `power-loss` by default. */
  readonly durability?: 'process-end' | 'power-loss'
}

export interface InstallRequest extends InstallOptions {
  /** Windows path of the package, or a host path that a drive covers. */
  readonly package: string
}

export interface PatchInstallRequest extends InstallOptions {
  /** Windows paths of patches, or host paths that a drive covers. */
  readonly patches: readonly string[]
  /** Every installed product that a patch is made for, when absent. */
  readonly product?: string
}

export interface InstallResult {
  /** The Windows code: 0, 1602, 1603, 3010 … */
  readonly exitCode: number
  /** Symbolic name of the code, where it is one of ours. */
  readonly code: ErrorCodeName | undefined
  readonly productCode: string
  readonly productName: string
  readonly productVersion: string
  readonly rebootRequired: boolean
  readonly rebootReasons: readonly RebootReason[]
  /** What went wrong, when something did. */
  readonly error: {
    readonly action: string
    readonly messageNumber: number
    readonly message: string
    /** The launch condition that does not hold. */
    readonly condition?: string
  } | undefined
  /** Installations of earlier calls that were found interrupted, and what became of them. */
  readonly recovered: readonly RecoveryReport[]
  /** With `planInstallation`: per product, what would be done. */
  readonly plan: readonly PlannedSession[]
  readonly decisions: Decisions | undefined
}

/** What costing decided, for plans and tests. */
export interface Decisions {
  readonly features: readonly { readonly name: string; readonly level: number; readonly installed: string; readonly request: string; readonly action: string }[]
  /** `enabled`: its Condition holds. */
  readonly components: readonly { readonly name: string; readonly enabled: boolean; readonly installed: string; readonly request: string; readonly action: string }[]
  readonly directories: readonly { readonly name: string; readonly path: string }[]
  readonly files: readonly { readonly key: string; readonly path: string; readonly disposition: string; readonly reason: string }[]
  readonly properties: readonly (readonly [name: string, value: string])[]
}
