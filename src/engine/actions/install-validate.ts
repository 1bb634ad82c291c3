// InstallValidate: enough space, and nobody who holds the files. From here on the states of features stand.
// https://learn.microsoft.com/windows/win32/msi/installvalidate-action
import { computeDiskCost, fitsWithoutRollback, type VolumeCost } from '../session/disk-cost.ts'
import { knownState } from '../session/features/components.ts'
import { ActionStatus, InstallState } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { MessageAnswer, MessageType } from '../session/messages/messages.ts'
import type { EngineAction } from './engine-action.ts'
import { servicesStoppedByPackage } from './services.ts'

export const installValidate: EngineAction = async (session) => {
  if (session.costing !== 'finalized') throw new InstallError(2731)
  if (session.context.removingProduct) session.properties.set('REMOVE', 'ALL')
  logStates(session)
  const space = await checkDiskSpace(session)
  if (space !== ActionStatus.success) return space
  return session.inUse === undefined ? ActionStatus.success : session.inUse.validate(servicesStoppedByPackage(session))
}

const stateNames: ReadonlyMap<InstallState, string> = new Map([
  [InstallState.unknown, 'Null'], [InstallState.advertised, 'Advertise'], [InstallState.absent, 'Absent'], [InstallState.local, 'Local'],
  [InstallState.source, 'Source'], [InstallState.default, 'Default'],
])

function name(state: InstallState): string {
  return stateNames.get(state) ?? String(state)
}

function logStates(session: InstallSession): void {
  const { messages } = session
  for (const { name: feature, installed, request, action, reinstall } of session.features.values()) {
    const [asked, done] = reinstall ? ['Reinstall', 'Reinstall'] : [name(request), name(action)]
    messages.log(`Feature: ${feature}; Installed: ${name(installed)};   Request: ${asked};   Action: ${done}`)
  }
  for (const component of session.components.values()) {
    const { request, action } = component
    messages.log(`Component: ${component.name}; Installed: ${name(knownState(component))};   Request: ${name(request)};   Action: ${name(action)}`)
  }
}

/** Retry looks again; with PROMPTROLLBACKCOST rollback is given up when that is enough. */
async function checkDiskSpace(session: InstallSession): Promise<ActionStatus> {
  for (;;) {
    const costs = computeDiskCost(session)
    const full = costs.find((cost) => cost.needed > cost.free)
    if (full === undefined) return ActionStatus.success
    const withoutRollback = fitsWithoutRollback(session, costs)
    const mode = (session.properties.get('PROMPTROLLBACKCOST') || 'P').slice(0, 1).toUpperCase()
    if (withoutRollback && mode === 'D') {
      session.properties.set('RollbackDisabled', '1')
      return ActionStatus.success
    }
    const fields = [full.volume, kilobytes(full.needed), kilobytes(full.free)]
    const number = withoutRollback && mode === 'P' ? 1605 : 1601
    const answer = await outOfSpace(session, number, fields)
    if (number === 1605 && answer === MessageAnswer.ignore) {
      session.properties.set('RollbackDisabled', '1')
      return ActionStatus.success
    }
    if (answer !== MessageAnswer.retry) throw outOfDiskSpace(number, fields, full)
  }
}

function outOfSpace(session: InstallSession, number: number, fields: readonly (string | number)[]): Promise<MessageAnswer> {
  return session.messages.send(MessageType.outOfDiskSpace, [session.messages.template(number), number, ...fields], { buttons: 'abort-retry-ignore' })
}

function outOfDiskSpace(number: number, fields: readonly (string | number)[], { volume }: VolumeCost): InstallError {
  return new InstallError(number, fields, { action: 'InstallValidate', reported: true, cause: new Error(`volume ${volume} is full`) })
}

function kilobytes(bytes: number): number {
  return Math.ceil(bytes / 1024)
}
