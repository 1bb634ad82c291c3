// The SessionStore port: where Restart Manager sessions live, so that several processes of one user can take part.
// Two levels: folders of small files. Every write replaces a file atomically. Synchronous, except for waiting for a lock.
// A store that cannot be trusted (not the user's own, or open to others) answers every call with ERROR_WRITE_FAULT.
import type { ProcessIdentity } from './processes.ts'

export interface SessionStore {
  folders(): readonly string[]
  /** False when it exists. */
  createFolder(folder: string): boolean
  /** With everything in it; no error when absent. */
  removeFolder(folder: string): void
  /** Sorted; empty when the folder is absent. */
  files(folder: string): readonly string[]
  read(folder: string, file: string): Uint8Array | undefined
  /** The folder must exist. */
  write(folder: string, file: string, bytes: Uint8Array): void
  removeFile(folder: string, file: string): void
  /**
   * Excludes every other process and every other caller in this one.
   * @throws WindowsError ERROR_SEM_TIMEOUT when a living process keeps it longer, ERROR_CANCELLED
   */
  lock(name: string, waitMs: number, signal?: AbortSignal): Promise<Disposable>
  /** Where applications are asked whether they may be closed. */
  readonly queries: ApplicationQueries
}

export interface ApplicationQueries {
  /** Begins to answer for the calling process. */
  answer(reply: () => boolean | Promise<boolean>): Promise<Disposable>
  /** `not-asked` when the process answers no questions. */
  ask(process: ProcessIdentity, timeLimitMs: number): Promise<'yes' | 'no' | 'no-answer' | 'not-asked'>
}
