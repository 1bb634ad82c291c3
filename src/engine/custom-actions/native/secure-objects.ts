// SchedSecureObjects, the action behind util:PermissionEx: rights that accounts get beside those that are there. Of registry keys
// and services, whose descriptors a root holds; those of files and folders are left to the file system of the host, and told.
// https://docs.firegiant.com/wix/schema/util/permissionex
import type { Row } from '../../../database/index.ts'
import { accountSid } from '../../actions/lock-permissions.ts'
import type { AccessGrant } from '../../script/access-grant.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import { componentOf, rowsOf, turnOf } from './components.ts'
import type { NativeCall } from './native-action.ts'

/**
 * GENERIC_READ, _WRITE, _EXECUTE and _ALL of keys and of services: what is stored has the rights that they stand
 * for. The first of them alone is the number that tables have for null.
 */
const genericBits = [0x8000_0000, 0x4000_0000, 0x2000_0000, 0x1000_0000] as const
const specific = { key: [0x2_0019, 0x2_0006, 0x2_0019, 0xf_003f], service: [0x2_008d, 0x2_0002, 0x2_0170, 0xf_01ff] } as const
const inheritable = 1
const containerInherit = 2

export function secureObjects(session: InstallSession, { action }: NativeCall): void {
  let unkept = 0
  for (const row of rowsOf(session, ['SecureObjects', 'Wix4SecureObject'])) {
    if (turnOf(session, row) !== 'install') continue
    const table = row.text('Table')
    if (table === 'File' || table === 'CreateFolder') unkept++
    else if (table === 'Registry') grant(session, row, action, 'key', registryKeyOf(session, row))
    else if (table === 'ServiceInstall') grant(session, row, action, 'service', serviceKeyOf(session, row))
    else throw new InstallError(25522, [table], { action })
  }
  if (unkept > 0) session.messages.log(`${action}: ${unkept} row(s) of files and folders left alone: access rights of Windows are not kept by the file systems of other hosts`)
}

function grant(session: InstallSession, row: Row, action: string, of: 'key' | 'service', key: string | undefined): void {
  // A property such as WIX_ACCOUNT_USERS has the domain too.
  const account = session.format(row.text('User'))
  const user = account.slice(account.lastIndexOf('\\') + 1)
  const domain = user === account ? session.format(row.text('Domain')) : account.slice(0, -user.length - 1)
  if (key === undefined) {
    session.messages.log(`${action}: ${row.text('Table')} has no row ${row.text('SecureObject')}, so nothing is secured`)
    return
  }
  if (isToBeMade(session, user)) {
    session.messages.log(`${action}: ${user} gets no rights of ${key}: the account comes to be on the running system only`)
    return
  }
  const grants: AccessGrant[] = [{ account: accountSid(session, domain, user), mask: specificMask(row.integer('Permission') ?? genericBits[0], of), flags: of === 'key' && inherits(row) ? containerInherit : 0 }]
  session.emit({ op: 'RegGrantAccess', key, of, grants }, { data: { 1: key } })
}

/** WiX 3 has no choice. */
function inherits(row: Row): boolean {
  return row.table.columnNumber('Attributes') === undefined || ((row.integer('Attributes') ?? 0) & inheritable) !== 0
}

/** An account that the package itself makes. */
function isToBeMade(session: InstallSession, user: string): boolean {
  return rowsOf(session, ['User', 'Wix4User', 'Group', 'Wix4Group']).some((row) => session.format(row.text('Name')).toLowerCase() === user.toLowerCase())
}

function registryKeyOf(session: InstallSession, row: Row): string | undefined {
  const registry = session.database.table('Registry')?.find(row.text('SecureObject'))
  return registry && session.registryKey(registry.integer('Root') ?? -1, session.format(registry.text('Key')), componentOf(session, registry)?.is64Bit ?? false)
}

function serviceKeyOf(session: InstallSession, row: Row): string | undefined {
  const service = session.database.table('ServiceInstall')?.find(row.text('SecureObject'))
  return service && `HKLM\\System\\CurrentControlSet\\Services\\${session.format(service.text('Name'))}`
}

function specificMask(permission: number, of: 'key' | 'service'): number {
  let mask = permission >>> 0
  for (const [index, bit] of genericBits.entries()) if ((mask & bit) !== 0) mask = ((mask & ~bit) | specific[of][index]!) >>> 0
  return mask
}
