// The Processes port: programs of the host that the installer runs, and the running ones that hold its files.

/** One process for all time: a pid alone may be reused. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal for the same process only, also across restarts of the machine. */
  readonly startTime: string
}

/** The path of a file of the host. Bytes where the name is not valid UTF-8. */
export type HostPath = string | Uint8Array

export interface ProgramSpec {
  /** Host path of the executable, or a name found on the host's path. */
  readonly file: string
  readonly args: readonly string[]
  /** Host path. */
  readonly workingDirectory?: string
  /** Added to the host's environment. */
  readonly environment?: Readonly<Record<string, string>>
  /** The program and what it started are ended after this time. */
  readonly timeLimitMs: number
  readonly signal?: AbortSignal
  /**
   * Nobody waits for it: it may outlive its starter, whom it does not keep from ending; no time and no signal ends it, and what it prints
   * is nobody's. The result comes at its end, if its starter is still there.
   */
  readonly letGo?: boolean
}

export interface ProgramResult {
  readonly outcome: 'exited' | 'timed-out' | 'cancelled' | 'not-started'
  /** With `exited`; a program ended by a signal has 128 + its number, as shells say it. */
  readonly exitCode: number
  /** The last 64 KiB of standard output and standard error, merged. */
  readonly output: string
  /** With `not-started`: why. */
  readonly problem?: string
}

export interface Processes {
  /** Runs a program to its end. */
  run(program: ProgramSpec): Promise<ProgramResult>
  /** Whether the host can run this file as it is: an executable of its own format, or a script with an interpreter line. */
  canRun(hostPath: string): boolean
  self(): ProcessIdentity

  /** `undefined` when no such process runs. */
  identify(pid: number): ProcessIdentity | undefined
  /** All that run now, as far as they can be seen. */
  list(): readonly ProcessIdentity[]
  /** The parent, its parent, and so on to the first process. */
  ancestors(of: ProcessIdentity): readonly ProcessIdentity[]
  /** Which processes use these files now. Never throws for what a single process does; a cancelled scan throws ERROR_CANCELLED. */
  scan(files: readonly HostPath[], options?: ScanOptions): Promise<ScanResult>
  /** What is known of these processes, in their order; `undefined` for one that has ended. */
  describe(processes: readonly ProcessIdentity[]): Promise<readonly (ProcessFacts | undefined)[]>
  /** Holds on to a running process, so that nothing sent through the handle can reach another; `undefined` when it has ended. */
  pin(process: ProcessIdentity): ProcessHandle | undefined
  /** Starts a program that outlives its starter. @throws WindowsError when it cannot be started */
  launch(program: LaunchSpec): Promise<ProcessIdentity>
}

export interface ScanOptions {
  /** Also the users of what formerly stood at a path and has since been replaced or deleted. */
  readonly stale?: boolean
  /** Also the descriptor tables of single threads, which may differ from their process's. */
  readonly deep?: boolean
  readonly timeLimitMs?: number
  readonly signal?: AbortSignal
}

export interface ScanResult {
  readonly users: readonly FileUser[]
  /** Uses that could not be told from uses of another file, and scripts that an interpreter was started with. */
  readonly possible: readonly (FileUser & { readonly why: string })[]
  /** Processes of which not everything could be seen. */
  readonly blind: readonly BlindProcess[]
  /** Indexes of the paths that are directories. */
  readonly directories: readonly number[]
}

export interface FileUser {
  readonly process: ProcessIdentity
  /** Index into the files asked for. */
  readonly file: number
  readonly use: FileUse
  /** It uses what formerly stood at that path. */
  readonly stale: boolean
}

export type FileUse = 'executable' | 'mapped' | 'open' | 'script'

export interface BlindProcess {
  readonly pid: number
  readonly name: string
  readonly why: string
}

/** Facts that decide how a process may be closed and started again. */
export interface ProcessFacts {
  readonly identity: ProcessIdentity
  readonly kind: 'program' | 'kernel' | 'first process' | 'first process of a container'
  /** The short name the system has for it. */
  readonly commandName: string
  /** What the desktop calls the application, when it knows it. */
  readonly applicationName?: string
  /** Host path; absent when it cannot be seen. */
  readonly executable?: string
  /** Empty when they cannot be seen. */
  readonly arguments: readonly string[]
  readonly workingDirectory?: string
  /** Host paths of files that its standard output and its standard error go to. */
  readonly output?: string
  readonly errorOutput?: string
  /** The variables a new instance needs to find its display, its buses and its programs. */
  readonly environment: Readonly<Record<string, string>>
  readonly userId: number
  /** The user who logged in, whoever the process runs as now; -1 when nobody did. */
  readonly loginUserId: number
  /** Milliseconds since 1970-01-01 UTC. */
  readonly startedMs: number
  readonly parentPid: number
  readonly processGroup: number
  readonly terminal: boolean
  /** The process that leads the session of its terminal. */
  readonly sessionLeaderPid: number
  /** -1 when it belongs to none. */
  readonly loginSession: number
  /** Service that it is a part of, as the Services port names it. */
  readonly service?: string
  readonly windows: readonly { readonly title: string }[]
  /** It has a connection to a display, whether or not windows were found. */
  readonly graphical: boolean
  /** Those of interrupt, terminate and hangup that it does not ignore or block. */
  readonly heeds: readonly CloseSignal[]
  /** It is suspended by a signal. */
  readonly stopped: boolean
  /** The caller may send it signals. */
  readonly signalable: boolean
}

export type CloseSignal = 'interrupt' | 'terminate' | 'hangup'
export type ProcessSignal = CloseSignal | 'continue' | 'kill'

export interface ProcessHandle extends Disposable {
  readonly identity: ProcessIdentity
  /** False once it has ended and its files are released, even if nobody has reaped it. */
  running(): boolean
  signal(signal: ProcessSignal): 'sent' | 'gone' | 'denied'
  /** Asks its windows to close; the number of windows asked. */
  closeWindows(): Promise<number>
}

export interface LaunchSpec {
  readonly file: string
  /** The name it is given as its own, when that is not the file. */
  readonly argument0?: string
  readonly args: readonly string[]
  readonly workingDirectory?: string
  /** Files to append standard output and standard error to; not used for another user's program. */
  readonly output?: string
  readonly errorOutput?: string
  /** Replaces the variables of these names; the others are the starter's, and for another user's program there are no others. */
  readonly environment: Readonly<Record<string, string>>
  readonly userId: number
  /** It ran in a terminal: give it a new one where there is a display. */
  readonly terminal: boolean
}

export function sameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTime === b.startTime
}
