// RegisterApplicationRestart: an application says how it wants to be started again after it was closed for an update.
// Kept in the session store by process identity; a registration of a process that has ended means nothing and is swept.
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-registerapplicationrestart
import { sameProcess, type ProcessIdentity } from '../platform/index.ts'
import { maximumRestartCommandLine, RestartFlag } from './constants.ts'
import { readSealedJson, writeSealedJson } from './sealed.ts'
import { RestartManagerError, type RestartManagerPlatform, type RestartRegistration } from './types.ts'

export const restartFolder = 'restart'

export interface StoredRegistration {
  readonly process: ProcessIdentity
  /** Absent: those it was started with. */
  readonly args?: readonly string[]
  readonly flags: readonly RestartFlag[]
}

export function writeRegistration(platform: RestartManagerPlatform, registration: RestartRegistration): void {
  const { args, flags = [], process = platform.processes.self() } = registration
  const length = args?.join(' ').length ?? 0
  if (length > maximumRestartCommandLine) {
    throw new RestartManagerError('ERROR_INVALID_PARAMETER',
      `restart command line: expected at most ${maximumRestartCommandLine} characters, found ${length}`)
  }
  if (args?.some((argument) => argument.includes('\0')) || flags.some((flag) => !Object.hasOwn(RestartFlag, flag))) {
    throw new RestartManagerError('ERROR_INVALID_PARAMETER', 'restart registration: expected arguments without NUL and flags of the table')
  }
  platform.sessions.createFolder(restartFolder)
  const stored: StoredRegistration = { process, flags, ...(args ? { args } : {}) }
  writeSealedJson(platform.sessions, platform.hashes, restartFolder, fileOf(process), stored)
}

/** A damaged registration counts as none: it must not stop a list. */
export function readRegistration(platform: RestartManagerPlatform, process: ProcessIdentity): StoredRegistration | undefined {
  try {
    const stored = readSealedJson<StoredRegistration>(platform.sessions, platform.hashes, restartFolder, fileOf(process))
    return stored && sameProcess(stored.process, process) ? stored : undefined
  } catch {
    // As said above.
    return undefined
  }
}

export function removeRegistration(platform: RestartManagerPlatform, process: ProcessIdentity): void {
  platform.sessions.removeFile(restartFolder, fileOf(process))
}

/** Forgets registrations whose processes have ended. */
export function sweepRegistrations(platform: RestartManagerPlatform): void {
  for (const file of platform.sessions.files(restartFolder)) {
    const pid = Number.parseInt(file, 10)
    const now = Number.isSafeInteger(pid) ? platform.processes.identify(pid) : undefined
    if (!now || file !== fileOf(now)) platform.sessions.removeFile(restartFolder, file)
  }
}

function fileOf({ pid, startTime }: ProcessIdentity): string {
  return `${pid}-${startTime.replaceAll(/[^\w.@-]/g, '_')}.json`
}
