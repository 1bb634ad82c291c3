// The security descriptor that a hive gets when nobody says otherwise: self-relative, full access for SYSTEM and
// Administrators, reading for Users; everything below inherits it.
// https://learn.microsoft.com/openspecs/windows_protocols/ms-dtyp/7d4dac05-9cef-4563-a058-f108abecce1d
import { concatBytes, WindowsError } from '../base/index.ts'

const fullAccess = 0xf003f // KEY_ALL_ACCESS
const readAccess = 0x20019 // KEY_READ
const containerInherit = 2
const selfRelative = 0x8000
const daclPresent = 0x0004

const system = 'S-1-5-18'
const administrators = 'S-1-5-32-544'
const users = 'S-1-5-32-545'

/** `owner` is the SID of the user whose own branch it is: full access instead of what Users have. */
export function defaultSecurity(owner?: string): Uint8Array<ArrayBuffer> {
  const grants: [string, number][] = [[system, fullAccess], [administrators, fullAccess], owner === undefined ? [users, readAccess] : [owner, fullAccess]]
  const entries = concatBytes(grants.map(([sid, mask]) => accessAllowed(sidBytes(sid), mask)))
  const acl = new Uint8Array(8 + entries.length)
  const aclView = new DataView(acl.buffer)
  acl[0] = 2 // revision
  aclView.setUint16(2, acl.length, true)
  aclView.setUint16(4, grants.length, true)
  acl.set(entries, 8)

  const header = new Uint8Array(20)
  const view = new DataView(header.buffer)
  const ownerSid = sidBytes(administrators)
  const groupSid = sidBytes(system)
  header[0] = 1
  view.setUint16(2, selfRelative | daclPresent, true)
  view.setUint32(4, 20 + acl.length, true)
  view.setUint32(8, 20 + acl.length + ownerSid.length, true)
  view.setUint32(16, 20, true)
  return concatBytes([header, acl, ownerSid, groupSid])
}

/** The binary form of `S-1-…`. */
export function sidBytes(sid: string): Uint8Array<ArrayBuffer> {
  if (!/^S-1-\d+(-\d+){1,15}$/.test(sid)) throw new WindowsError('ERROR_INVALID_PARAMETER', `security identifier: expected a form such as ${users}, found "${sid}"`)
  const [authority, ...parts] = sid.split('-').slice(2).map(Number) as [number, ...number[]]
  const bytes = new Uint8Array(8 + parts.length * 4)
  const view = new DataView(bytes.buffer)
  bytes[0] = 1
  bytes[1] = parts.length
  view.setUint16(2, Math.floor(authority / 2 ** 32))
  view.setUint32(4, authority % 2 ** 32)
  parts.forEach((part, index) => view.setUint32(8 + index * 4, part, true))
  return bytes
}

function accessAllowed(sid: Uint8Array, mask: number): Uint8Array {
  const entry = new Uint8Array(8 + sid.length)
  const view = new DataView(entry.buffer)
  entry[1] = containerInherit
  view.setUint16(2, entry.length, true)
  view.setUint32(4, mask, true)
  entry.set(sid, 8)
  return entry
}
