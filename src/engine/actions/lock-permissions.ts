// LockPermissions and MsiLockPermissionsEx: who may do what with registry keys and services. Keys have their descriptors in the
// hive, services in a value. Rights of files and folders are not kept: those of the host are others, and the log says so.
// https://learn.microsoft.com/windows/win32/msi/lockpermissions-table, …/msilockpermissionsex-table
import { bytesToHex } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import { securityDescriptor, SddlError } from '../script/security-descriptor.ts'
import { InstallError } from '../session/messages/install-error.ts'
import type { Session } from '../session/session.ts'

type SecuredTable = 'Registry' | 'ServiceInstall'

/** Owner and group where the package names none. */
const ownership = { owner: 'BA', group: 'SY' }
const genericRead = 0x8000_0000

/**
 * The descriptors that rows of a table get, by their keys, in hexadecimal digits; `undefined` when the package says nothing of one. What is
 * answered throws InstallError 1941 for both tables, 1942 for two descriptors at once, 1943 for one that is none, 1609 for an account that is not known.
 */
export function lockedSecurity(session: Session, table: SecuredTable): (key: string) => string | undefined {
  const extended = rowsByObject(session, 'MsiLockPermissionsEx', table)
  const plain = rowsByObject(session, 'LockPermissions', table)
  return (key) => securityOf(session, table, key, extended.get(key) ?? [], plain.get(key) ?? [])
}

function securityOf(session: Session, table: SecuredTable, key: string, extended: readonly Row[], plain: readonly Row[]): string | undefined {
  if (extended.length > 0 && plain.length > 0) throw new InstallError(1941)
  const chosen = extended.filter((row) => session.condition(row.text('Condition')))
  if (chosen.length > 1) throw new InstallError(1942, [chosen[0]!.text('MsiLockPermissionsEx'), chosen[1]!.text('MsiLockPermissionsEx'), key, table])
  const text = chosen[0] !== undefined ? withAccounts(session, chosen[0].text('SDDLText')) : plain.length > 0 ? grants(session, plain) : undefined
  if (text === undefined) return undefined
  try {
    return bytesToHex(securityDescriptor(text, ownership))
  } catch (error) {
    if (error instanceof SddlError) throw new InstallError(1943, [text, key, table], { cause: error })
    throw error
  }
}

/** Said once for each product: rows of files and folders. */
export function logUnkeptPermissions(session: Session): void {
  for (const table of ['LockPermissions', 'MsiLockPermissionsEx']) {
    const count = [...session.rows(table)].filter((row) => row.text('Table') === 'File' || row.text('Table') === 'CreateFolder').length
    if (count > 0) session.messages.log(`${count} row(s) of ${table} left alone: access rights of Windows are not kept by the file systems of other hosts`)
  }
}

function rowsByObject(session: Session, name: 'LockPermissions' | 'MsiLockPermissionsEx', table: SecuredTable): Map<string, Row[]> {
  const rows = new Map<string, Row[]>()
  for (const row of session.rows(name)) {
    if (row.text('Table') !== table) continue
    const key = row.text('LockObject')
    rows.set(key, [...rows.get(key) ?? [], row])
  }
  return rows
}

/** One entry for each account, and full access for the system, whatever the rows say. */
function grants(session: Session, rows: readonly Row[]): string {
  const entries = rows.map((row) => {
    const account = accountSid(session, session.format(row.text('Domain')), session.format(row.text('User')))
    const mask = (row.integer('Permission') ?? 0) >>> 0
    if ((mask & genericRead) !== 0) session.messages.log(`LockPermissions ${row.text('LockObject')}: GENERIC_READ is no permission of this table`)
    return `(A;CI;0x${mask.toString(16)};;;${account})`
  })
  return `D:P(A;CI;GA;;;SY)${entries.join('')}`
}

/** `<DOMAIN\user>` becomes the identifier of the account; of formatted text only environment variables count here. */
function withAccounts(session: Session, text: string): string {
  return text.replaceAll(/\[%([^\]]+)\]/g, (whole) => session.format(whole))
    .replaceAll(/<([^<>]*)>/g, (_whole, account: string) => {
      const [domain, user] = account.includes('\\') ? account.split('\\', 2) as [string, string] : ['', account]
      return accountSid(session, domain, user)
    })
}

const wellKnown: Readonly<Record<string, string>> = {
  'everyone': 'WD', 'administrators': 'BA', 'users': 'BU', 'guests': 'BG', 'power users': 'PU', 'system': 'SY', 'localsystem': 'SY', 'local service': 'LS', 'localservice': 'LS',
  'network service': 'NS', 'networkservice': 'NS', 'authenticated users': 'AU', 'interactive': 'IU', 'creator owner': 'CO', 'creator group': 'CG', 'network': 'NU', 'service': 'SU',
  'performance log users': 'S-1-5-32-559',
}

/** @throws InstallError 1609 for an account that is neither everybody's nor the user's */
export function accountSid(session: Session, domain: string, user: string): string {
  const { user: own } = session.platform.machine
  const known = wellKnown[user.toLowerCase()] ?? (user.toLowerCase() === own.name.toLowerCase() ? own.sid : undefined)
  if (known === undefined) throw new InstallError(1609, [domain === '' ? user : `${domain}\\${user}`, noneMapped])
  return known
}

/** ERROR_NONE_MAPPED */
const noneMapped = 1332
