// What a session left closed when its owner died. Windows forgets it; here it can be looked at and started again.
// A dead session is found in its slot as long as nobody reuses that, and afterwards in the recovery folder.
import { isAlive } from './alive.ts'
import { restartAll } from './restart.ts'
import { readSealedJson, writeSealedJson } from './sealed.ts'
import {
  attempt, isAbandoned, lock, readRecord, readState, recoveryFolder, slotName, usedSlots, type LeftBehind,
} from './session-slot.ts'
import { isStopped, publicView, withStatus, type TrackedApplication } from './session-state.ts'
import { RestartManagerError, type Recoverable, type RestartManagerPlatform, type RestartOptions, type TaskOutcome } from './types.ts'

interface Remains {
  readonly id: string
  readonly left: LeftBehind
  forget(): void
  save(applications: readonly TrackedApplication[]): void
}

export function recoverable(platform: RestartManagerPlatform): readonly Recoverable[] {
  return remains(platform).map(({ id, left }) => ({ id, startedMs: left.startedMs, applications: closedApplications(platform, left).map(publicView) }))
    .filter(({ applications }) => applications.length > 0)
}

export async function recover(platform: RestartManagerPlatform, id: string, options: RestartOptions = {}): Promise<TaskOutcome> {
  using _lock = await lock(platform, 'recovery')
  const found = remains(platform).find((remain) => remain.id === id)
  if (!found) throw new RestartManagerError('ERROR_FILE_NOT_FOUND', `nothing is left to recover under '${id}'`)
  const applications = await markRunning(platform, closedApplications(platform, found.left))
  const outcome = await restartAll({
    platform, options, applications, signal: options.signal ?? new AbortController().signal, save: (changed) => found.save(changed),
  })
  found.forget()
  return outcome
}

function remains(platform: RestartManagerPlatform): Remains[] {
  const { sessions, hashes } = platform
  const inSlots = usedSlots(platform).flatMap((slot): Remains[] => {
    const record = attempt(() => readRecord(platform, slot))
    const state = attempt(() => readState(platform, slot))
    if (!record || !state || !isAbandoned(platform, slot)) return []
    const folder = slotName(slot)
    return [{
      id: record.keyDigest.slice(0, 16), left: { startedMs: record.startedMs, state }, forget: () => sessions.removeFolder(folder),
      save: (applications) => writeSealedJson(sessions, hashes, folder, 'state.json', { ...state, applications }),
    }]
  })
  const kept = sessions.files(recoveryFolder).flatMap((file): Remains[] => {
    const left = attempt(() => readSealedJson<LeftBehind>(sessions, hashes, recoveryFolder, file))
    if (!left) return []
    return [{
      id: file.replace(/\.json$/, ''), left, forget: () => sessions.removeFile(recoveryFolder, file),
      save: (applications) => writeSealedJson(sessions, hashes, recoveryFolder, file, { ...left, state: { ...left.state, applications } }),
    }]
  })
  return [...inSlots, ...kept]
}

/** Also those that were being closed when the session died: it had no time left to write that they had ended. */
function closedApplications(platform: RestartManagerPlatform, { state }: LeftBehind): TrackedApplication[] {
  return state.applications.flatMap((application) => {
    if (isStopped(application)) return [application]
    const wasClosing = state.phase === 'shutting-down' && application.status.includes('running') && application.type !== 'critical'
    const isMasked = application.status.includes('shutdownMasked')
    return wasClosing && !isMasked && application.serviceName === '' && !isAlive(platform, application.process)
      ? [withStatus(application, 'stopped')] : []
  })
}

/** Whoever started an application by hand meanwhile does not want a second one. */
async function markRunning(platform: RestartManagerPlatform, applications: readonly TrackedApplication[]): Promise<TrackedApplication[]> {
  const executables = applications.map(({ launch }) => launch?.file ?? '').map((file) => file === '' ? '/' : file)
  const { users } = await platform.processes.scan(executables)
  const facts = await platform.processes.describe(users.map(({ process }) => process))
  return Promise.all(applications.map(async (application, index) => {
    const isBack = application.serviceName === ''
      ? users.some(({ file, use }, user) => file === index && use === 'executable' && sameArguments(facts[user]?.arguments, application))
      : (await platform.services.describe(application.serviceName))?.active === true
    return isBack ? withStatus(application, 'restarted', 'it runs again already') : application
  }))
}

function sameArguments(running: readonly string[] | undefined, { launch }: TrackedApplication): boolean {
  return running !== undefined && running.slice(1).join('\0') === (launch?.args ?? []).join('\0')
}
