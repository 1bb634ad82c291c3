// MsiConfigureServices: the MsiServiceConfig and MsiServiceConfigFailureActions tables, as values below the services' keys. They
// count from the next start of the system on, in Windows too.
// https://learn.microsoft.com/windows/win32/msi/msiserviceconfig-table, …/msiserviceconfigfailureactions-table
import { bytesToHex } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import type { RegistryValue } from '../../platform/index.ts'
import type { RegistryEdit } from '../script/operation.ts'
import { isBeingInstalled, isBeingRemoved, isInstalled } from '../session/features/components.ts'
import { InstallError } from '../session/messages/install-error.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'

export const servicesKey = 'HKLM\\System\\CurrentControlSet\\Services'
const event = { install: 1, uninstall: 2, reinstall: 4 } as const
/** SERVICE_CONFIG_… of ChangeServiceConfig2. */
const configType = { delayedAutoStart: 3, failureActionsFlag: 4, serviceSid: 5, requiredPrivileges: 6, preshutdown: 7 } as const

export const msiConfigureServices: StandardAction = (session) => {
  for (const row of session.rows('MsiServiceConfig')) configure(session, row, configEdits)
  for (const row of session.rows('MsiServiceConfigFailureActions')) configure(session, row, failureEdits)
}

/** @throws InstallError 1939 for a service that is not there, or a value that is none */
function configure(session: Session, row: Row, editsOf: (session: Session, row: Row, key: string) => RegistryEdit[] | undefined): void {
  const component = session.components.get(row.text('Component_'))
  if (component === undefined) return
  const now = isBeingRemoved(component) ? event.uninstall : !isBeingInstalled(component) ? 0 : isInstalled(component) ? event.reinstall : event.install
  if (((row.integer('Event') ?? 0) & now) === 0) return
  const name = session.format(row.text('Name'))
  const edits = isKnownService(session, name) ? editsOf(session, row, `${servicesKey}\\${name}`) : undefined
  if (edits === undefined) throw new InstallError(1939, [name, name])
  session.emit({ op: 'ServiceConfigure', subject: name, edits }, { data: { 1: name } })
}

/** The machine has it, or the package brings it. */
export function isKnownService(session: Session, name: string): boolean {
  if (session.platform.registry.keyExists(`${servicesKey}\\${name}`)) return true
  return [...session.rows('ServiceInstall')].some((row) => session.format(row.text('Name')).toLowerCase() === name.toLowerCase())
}

function configEdits(session: Session, row: Row, key: string): RegistryEdit[] | undefined {
  const argument = session.format(row.text('Argument'))
  const number = /^\d{1,10}$/.test(argument) ? Number(argument) : undefined
  const set = (name: string, value: RegistryValue | undefined): RegistryEdit[] | undefined => value === undefined ? undefined : [{ edit: 'set', key, name, value }]
  const dword = number === undefined || number > 0xffff_ffff ? undefined : { type: 'REG_DWORD', data: number } as const
  switch (row.integer('ConfigType')) {
    case configType.delayedAutoStart: return set('DelayedAutostart', dword)
    case configType.failureActionsFlag: return set('FailureActionsOnNonCrashFailures', dword)
    case configType.serviceSid: return set('ServiceSidType', dword)
    case configType.requiredPrivileges: return set('RequiredPrivileges', { type: 'REG_MULTI_SZ', data: strings(argument) })
    case configType.preshutdown: return argument === '' ? [{ edit: 'delete-value', key, name: 'PreshutdownTimeout', pruneKey: false }] : set('PreshutdownTimeout', dword)
    default: return undefined
  }
}

function failureEdits(session: Session, row: Row, key: string): RegistryEdit[] | undefined {
  const actions = numbers(session, row, 'Actions')
  const delays = numbers(session, row, 'DelayActions')
  if (actions.length !== delays.length || [...actions, ...delays].some((one) => !Number.isInteger(one) || one < 0 || one > 0xffff_ffff)) return undefined
  const edits: RegistryEdit[] = [{ edit: 'set', key, name: 'FailureActions', value: { type: 'REG_BINARY', data: bytesToHex(failureActions(row.integer('ResetPeriod'), actions, delays)) } }]
  for (const [column, name] of [['RebootMessage', 'RebootMessage'], ['Command', 'FailureCommand']] as const) {
    const text = session.format(row.text(column))
    // Empty leaves what is there, a null character clears it.
    if (text === '\0') edits.push({ edit: 'delete-value', key, name, pruneKey: false })
    else if (text !== '') edits.push({ edit: 'set', key, name, value: { type: 'REG_SZ', data: text } })
  }
  return edits
}

const never = 0xffff_ffff
const headerBytes = 20

/** SERVICE_FAILURE_ACTIONS as the service manager keeps it: texts have values of their own, and the array follows at once. */
export function failureActions(resetSeconds: number | null, actions: readonly number[], delays: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(headerBytes + actions.length * 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, resetSeconds ?? never, true)
  view.setUint32(12, actions.length, true)
  view.setUint32(16, headerBytes, true)
  for (const [index, action] of actions.entries()) {
    view.setUint32(headerBytes + index * 8, action, true)
    view.setUint32(headerBytes + index * 8 + 4, delays[index]!, true)
  }
  return bytes
}

function numbers(session: Session, row: Row, column: string): number[] {
  return strings(session.format(row.text(column))).map(Number)
}

function strings(text: string): string[] {
  return text.split('\0').filter((one) => one !== '')
}
