// The Processes port: programs of the host that the installer runs, and the running ones that hold its files.

/** One process for all time: a pid alone may be reused. Of which boot is implied: it is the current one. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal for the same process only. */
  readonly startTime: string
}

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
}
