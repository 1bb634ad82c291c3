// What callers see of the Restart Manager: sessions, the applications they list, and what closing and starting them came to.
// Function by function: https://learn.microsoft.com/windows/win32/api/restartmanager/
import { WindowsError, type ErrorCodeName } from '../base/index.ts'
import type { BlindProcess, FileUse, HostPath, Platform, ProcessIdentity } from '../platform/index.ts'
import type { ApplicationStatus, ApplicationType, FilterAction, RebootReason, RestartFlag } from './constants.ts'
import type { EventListener } from './events.ts'

/** The ports that the Restart Manager stands on. */
export type RestartManagerPlatform =
  Pick<Platform, 'processes' | 'services' | 'sessions' | 'clock' | 'random' | 'hashes'> & Partial<Pick<Platform, 'trace'>>

/** What an application may be using. */
export interface Resources {
  /** Full paths of the host. They need not exist yet. */
  readonly files?: readonly HostPath[]
  /** A bare pid means the process that has it now. */
  readonly processes?: readonly (number | ProcessIdentity)[]
  /** Short names, as the host's service manager has them. */
  readonly services?: readonly string[]
}

/** RM_PROCESS_INFO and what more is known. A service is one application, however many processes it has. */
export interface Application {
  /** Of a service, its main process. */
  readonly process: ProcessIdentity
  /** Every process of it that uses a resource; at least one, except for a registered service. */
  readonly processes: readonly ProcessIdentity[]
  /** What people know it by; a service's description. */
  readonly name: string
  /** Host path of what it runs; absent when it cannot be seen. */
  readonly executable?: string
  /** `''` when it is no service. */
  readonly serviceName: string
  readonly type: ApplicationType
  /** What has happened to it, in the order of the constants. */
  readonly status: readonly ApplicationStatus[]
  /** The login session; -1 when there is none. */
  readonly sessionId: number
  /** `restart` would bring it back: a service, or registered for it. */
  readonly restartable: boolean
  /** Why it cannot be closed; empty when it can. */
  readonly rebootReasons: readonly RebootReason[]
  /** Sentences that explain type, reasons and failures. */
  readonly notes: readonly string[]
  /** The process that `restart` started in its place. */
  readonly restartedAs?: ProcessIdentity
  /** The registered files that it uses, each with the strongest use. */
  readonly files: readonly { readonly path: HostPath; readonly use: FileUse }[]
}

export interface ApplicationList {
  readonly applications: readonly Application[]
  /** Not empty: closing applications cannot free all files, and `shutdown` will refuse. */
  readonly rebootReasons: readonly RebootReason[]
  /** Processes that could not be looked into. While there are any, an empty list does not mean that nobody uses the files. */
  readonly blind: readonly BlindProcess[]
  /** Processes that may be using a file, or were started with it as their script. They are not closed. */
  readonly possible: readonly { readonly process: ProcessIdentity; readonly path: HostPath; readonly why: string }[]
  /** Resources that could not be looked up, each a sentence. */
  readonly warnings: readonly string[]
}

export interface ListOptions {
  readonly signal?: AbortSignal
  /** For how many applications there is room; more of them are ERROR_MORE_DATA, whose `applications` are all that were found. */
  readonly capacity?: number
}

export interface TaskOptions {
  /** Called with whole percents, strictly increasing, 100 at the end. What it throws is ignored. */
  readonly onProgress?: (percent: number) => void
  readonly signal?: AbortSignal
}

export interface ShutdownOptions extends TaskOptions {
  /** RmForceShutdown: what does not react in time is killed. */
  readonly force?: boolean
  /** RmShutdownOnlyRegistered: nothing is closed unless everything can be restarted. */
  readonly onlyRegistered?: boolean
  readonly limits?: Partial<TimeLimits>
}

/** How long applications are given, in milliseconds. */
export interface TimeLimits {
  /** To answer whether they may be closed. */
  readonly queryMs: number
  readonly windowMs: number
  readonly consoleMs: number
  readonly serviceMs: number
  /** For a supervisor to show that it starts again what was closed. */
  readonly respawnMs: number
}

export interface RestartOptions extends TaskOptions {
  /** What becomes of applications that never registered for a restart. Windows leaves them. */
  readonly unregistered?: 'leave' | 'relaunch'
  readonly limits?: Partial<Pick<TimeLimits, 'serviceMs'>>
}

/** What a shutdown or restart came to: the applications concerned, with their status. */
export interface TaskOutcome {
  readonly applications: readonly Application[]
  readonly warnings: readonly string[]
}

export interface Filter {
  readonly trigger: 'file' | 'process' | 'service'
  readonly file?: string
  readonly process?: ProcessIdentity
  readonly service?: string
  readonly action: FilterAction
}

/** Exactly one of the three. */
export type FilterTarget = { readonly file: string } | { readonly process: number | ProcessIdentity } | { readonly service: string }

export interface Session extends AsyncDisposable {
  /** 32 lower-case hexadecimal digits; whoever of the same user has it can join. */
  readonly key: string
  /** A secondary has joined: it may register resources and end, nothing else. */
  readonly role: 'primary' | 'secondary'
  /** Adds resources; nothing is ever taken out. @throws RestartManagerError ERROR_BAD_ARGUMENTS, ERROR_SEM_TIMEOUT, ERROR_WRITE_FAULT */
  register(resources: Resources): Promise<void>
  /**
   * Looks again at every call.
   * @throws RestartManagerError ERROR_ACCESS_DENIED when a directory is registered, ERROR_CANCELLED, ERROR_MORE_DATA
   */
  list(options?: ListOptions): Promise<ApplicationList>
  /**
   * Closes what uses the resources: windows, then console programs, then services, then the desktop's shell.
   * @throws RestartManagerError ERROR_FAIL_NOACTION_REBOOT (nothing was closed), ERROR_FAIL_SHUTDOWN, ERROR_CANCELLED
   */
  shutdown(options?: ShutdownOptions): Promise<TaskOutcome>
  /**
   * Starts in the reverse order what `shutdown` closed and what can be restarted.
   * @throws RestartManagerError ERROR_REQUEST_OUT_OF_SEQUENCE before `shutdown`, ERROR_FAIL_RESTART, ERROR_CANCELLED
   */
  restart(options?: RestartOptions): Promise<TaskOutcome>
  /** Cancels what is under way, if anything is. It may come too late. */
  cancel(): void
  /** The latest word on a target counts. */
  addFilter(target: FilterTarget, action: FilterAction): Promise<void>
  /** @throws RestartManagerError ERROR_FILE_NOT_FOUND when there is none for the target */
  removeFilter(target: FilterTarget): Promise<void>
  filters(): Promise<readonly Filter[]>
  /** The primary's end is the session's. @throws RestartManagerError ERROR_INVALID_HANDLE the second time */
  end(): Promise<void>
}

export interface StartOptions {
  /** The session lasts as long as this process, and its descendants may resume it. Otherwise it is the caller's, and its alone. */
  readonly owner?: ProcessIdentity
  /** Whether applications of other users' login sessions may be closed. */
  readonly otherSessions?: 'refuse' | 'allow'
  /** Raises a reboot reason when some processes could not be looked into. */
  readonly strict?: boolean
  /** How long to wait for the session store. */
  readonly lockWaitMs?: number
  /** Told what Windows writes to its event log: sessions, registrations, closing, starting, failures. What it throws is ignored. */
  readonly onEvent?: EventListener
}

export interface InspectOptions {
  /** Instead: who still uses what formerly stood at those paths. */
  readonly stale?: boolean
  readonly signal?: AbortSignal
}

export interface SessionSummary {
  readonly slot: number
  readonly owner: ProcessIdentity
  /** Milliseconds since 1970-01-01 UTC. */
  readonly startedMs: number
  /** Its owner has died without ending it. */
  readonly abandoned: boolean
}

/** Applications that a session closed whose owner died before it started them again. */
export interface Recoverable {
  /** For `recover`. */
  readonly id: string
  readonly startedMs: number
  readonly applications: readonly Application[]
}

export interface RestartRegistration {
  /** Arguments for the new instance; at most 1024 characters together. The executable is the process's own. */
  readonly args?: readonly string[]
  readonly flags?: readonly RestartFlag[]
  /** Asked before the application is closed for an update; `false` keeps it running unless the shutdown is forced. */
  readonly onQueryEndSession?: () => boolean | Promise<boolean>
  /** Another process of the same user; without it the calling one. */
  readonly process?: ProcessIdentity
}

export interface RestartManager {
  /** RmStartSession. @throws RestartManagerError ERROR_MAX_SESSIONS_REACHED, ERROR_SEM_TIMEOUT, ERROR_WRITE_FAULT */
  startSession(options?: StartOptions): Promise<Session>
  /** RmJoinSession: takes part in a session of the same user. @throws RestartManagerError ERROR_SESSION_CREDENTIAL_CONFLICT */
  joinSession(key: string): Promise<Session>
  /** Takes up, as its primary, a session that was started for an owner, in a descendant of that owner. @throws RestartManagerError ERROR_SESSION_CREDENTIAL_CONFLICT */
  resumeSession(key: string): Promise<Session>
  /** Who uses these resources now, without a session. @throws RestartManagerError ERROR_ACCESS_DENIED when one is a directory */
  inspect(resources: Resources, options?: InspectOptions): Promise<ApplicationList>
  /** RegisterApplicationRestart. @throws RestartManagerError ERROR_INVALID_PARAMETER when the command line is too long */
  registerApplicationRestart(registration?: RestartRegistration): Promise<void>
  unregisterApplicationRestart(process?: ProcessIdentity): Promise<void>
  sessions(): Promise<readonly SessionSummary[]>
  recoverable(): Promise<readonly Recoverable[]>
  /** Starts what a dead session left closed, and forgets that session. */
  recover(id: string, options?: RestartOptions): Promise<TaskOutcome>
}

export class RestartManagerError extends WindowsError {
  override readonly name = 'RestartManagerError'
  /** How the applications stand, when the failure concerns them. */
  readonly applications: readonly Application[]
  readonly rebootReasons: readonly RebootReason[]

  constructor(
    code: ErrorCodeName, message: string,
    details: { applications?: readonly Application[]; rebootReasons?: readonly RebootReason[]; cause?: unknown } = {},
  ) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause })
    this.applications = details.applications ?? []
    this.rebootReasons = details.rebootReasons ?? []
  }
}
