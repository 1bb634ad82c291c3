// What all sessions of one call share: the client, the server and the nested ones. One call of msiexec, so to say.
import type { Platform, ProgramResult } from '../../platform/index.ts'
import type { RestartManager } from '../../restart-manager/index.ts'
import type { ScriptEntry } from '../script/operation.ts'
import type { InstallerVersion } from './installer-version.ts'
import type { UiLevel } from './initial-properties.ts'
import type { LogSink } from './log.ts'
import type { MessageHandler } from './session-messages.ts'
import type { ActionStatus } from './states.ts'

/** What is done with custom actions that this machine cannot run by itself. */
export type CustomActionPolicy = 'run' | 'skip' | 'fail'

/** Runs programs and libraries that the host cannot: an emulator, say. `undefined`: it cannot either. */
export interface ForeignRunner {
  readonly name: string
  runProgram(program: { readonly hostPath: string; readonly commandLine: string; readonly workingDirectory: string | undefined; readonly timeLimitMs: number; readonly signal?: AbortSignal }): Promise<ProgramResult>
}

export interface InstallationSettings {
  readonly platform: Platform
  readonly installerVersion: InstallerVersion
  readonly uiLevel: UiLevel
  /** `/qb-`: no modal dialogs, nobody is asked. */
  readonly noModalDialogs: boolean
  readonly handler: MessageHandler | undefined
  readonly sink: LogSink | undefined
  readonly signal: AbortSignal | undefined
  readonly customActions: CustomActionPolicy
  /** For every program that is run, in milliseconds. */
  readonly timeLimitMs: number
  readonly foreignRunner: ForeignRunner | undefined
  readonly restartManager: RestartManager | undefined
  /** What becomes of closed applications that never registered for a restart. Windows leaves them closed. */
  readonly unregisteredApplications: 'leave' | 'relaunch'
  /** Nothing is written or run: the script is collected instead. */
  readonly planning: boolean
}

/** Runs what sessions wrote, keeps it undoable, and takes it back. One per transaction; nested sessions share it. */
export interface TransactionRunner {
  execute(entries: readonly ScriptEntry[], session: TransactionSession): Promise<ActionStatus>
  /** From here on nothing is undone. */
  commit(session: TransactionSession): Promise<ActionStatus>
  rollback(session: TransactionSession): Promise<void>
  /** Without rollback information from now on. */
  disableRollback(): void
  readonly replacedInUse: boolean
}

/** The runner sees the session as little more than a name in the log; its own contract says what it needs. */
export type TransactionSession = object

export type RebootReason = 'files in use' | 'ScheduleReboot' | 'ForceReboot' | 'custom action'

export class Installation {
  readonly settings: InstallationSettings
  /** Actions that ran in the UI sequence and do so once only. */
  readonly ranInUi = new Set<string>()
  uiSequenceRan = false
  /** Why the machine has to be started again; empty when it need not. */
  readonly rebootReasons = new Set<RebootReason>()
  /** ForceReboot: at once, the installation goes on afterwards. */
  rebootNow = false
  /** Operations of every transaction, when planning. */
  readonly planned: ScriptEntry[] = []
  #threads = 0

  constructor(settings: InstallationSettings) {
    this.settings = settings
  }

  /** Numbers sessions in the log. */
  nextThread(): number {
    return (this.#threads += 4) & 0xff
  }
}
