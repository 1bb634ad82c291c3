// StopServices, DeleteServices, InstallServices, StartServices: the ServiceControl and ServiceInstall tables.
// https://learn.microsoft.com/windows/win32/msi/servicecontrol-table, …/serviceinstall-table
import type { Row } from '../../database/index.ts'
import { isBeingInstalled, isBeingRemoved } from '../session/features/components.ts'
import { keyFilePath } from '../session/files/file-states.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { lockedSecurity } from './lock-permissions.ts'

/** Bits of ServiceControl.Event; those for removal stand four bits higher. */
const ServiceEvent = { start: 0x1, stop: 0x2, delete: 0x8 } as const
const removalShift = 4

export const stopServices: StandardAction = (session) => controlServices(session, 'stop')
export const startServices: StandardAction = (session) => controlServices(session, 'start')

export const deleteServices: StandardAction = (session) => {
  for (const { name } of controlRows(session, ServiceEvent.delete)) {
    // A service that runs is stopped first, whether or not the package has said so.
    if (session.platform.registry.keyExists(`HKLM\\System\\CurrentControlSet\\Services\\${name}`)) session.emit({ op: 'ServiceControl', name, control: 'stop', arguments: '', wait: true })
    session.emit({ op: 'ServiceDelete', name }, { data: { 1: name, 2: name } })
  }
}

export const installServices: StandardAction = (session) => {
  for (const row of session.rows('ServiceInstall')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || component.action !== 3) continue
    const file = keyFilePath(session, component) ?? ''
    const name = session.format(row.text('Name'))
    const displayName = session.format(row.text('DisplayName'))
    if (session.format(row.text('Password')) !== '') session.messages.log(`Service ${name}: its password is not written, as only the Windows that runs it can keep it. Set it there, for the account ${session.format(row.text('StartName'))}`)
    session.emit({
      op: 'ServiceInstall', name, displayName,
      serviceType: row.integer('ServiceType') ?? 0x10, startType: row.integer('StartType') ?? 3,
      errorControl: (row.integer('ErrorControl') ?? 0) & 0x7fff, imagePath: imagePath(file, session.format(row.text('Arguments'))),
      loadOrderGroup: session.format(row.text('LoadOrderGroup')), dependencies: session.format(row.text('Dependencies')),
      startName: session.format(row.text('StartName')), description: session.format(row.text('Description')).replaceAll('\0', ''),
    }, { data: { 1: displayName, 2: name } })
    secure(session, row.text('ServiceInstall'), name)
  }
}

/** Where the service manager keeps who may control the service. */
function secure(session: Session, row: string, name: string): void {
  const data = lockedSecurity(session, 'ServiceInstall')(row)
  if (data === undefined) return
  const key = `HKLM\\System\\CurrentControlSet\\Services\\${name}\\Security`
  session.emit({ op: 'ServiceConfigure', subject: name, edits: [{ edit: 'set', key, name: 'Security', value: { type: 'REG_BINARY', data } }] })
}

/** Quoted when the path has a blank: an unquoted one would let another program be started instead. */
function imagePath(file: string, parameters: string): string {
  const program = file.includes(' ') ? `"${file}"` : file
  return parameters === '' ? program : `${program} ${parameters}`
}

function controlServices(session: Session, control: 'start' | 'stop'): void {
  for (const { name, row } of controlRows(session, ServiceEvent[control])) {
    if (control === 'start' && session.platform.services.ofRoot !== true) session.atFirstBoot(`StartService_${name}`, `"${session.properties.get('WindowsFolder')}System32\\net.exe" start "${name}"`)
    session.emit({
      op: 'ServiceControl', name, control, arguments: session.format(row.text('Arguments')), wait: row.integer('Wait') !== 0,
    }, { data: { 1: name, 2: name } })
  }
}

function* controlRows(session: Session, event: number): Iterable<{ name: string; row: Row }> {
  for (const row of session.rows('ServiceControl')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined) continue
    const events = row.integer('Event') ?? 0
    const applies = (isBeingInstalled(component) && (events & event) !== 0)
      || (isBeingRemoved(component) && (events & (event << removalShift)) !== 0)
    if (applies) yield { name: session.format(row.text('Name')), row }
  }
}

/** Names of services that the package itself stops before its files are changed. */
export function servicesStoppedByPackage(session: Session): string[] {
  return [...controlRows(session, ServiceEvent.stop)].map(({ name }) => name)
}
