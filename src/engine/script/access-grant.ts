// Adds entries to the discretionary access control list of a self-relative security descriptor, as granting does on Windows: an
// account that has such an entry gets more rights, another one gets an entry of its own, before those that are inherited.
// [MS-DTYP] 2.4.5 and 2.4.6
import { bytesToHex, concatBytes } from '../../base/index.ts'
import { sidBytes } from './security-descriptor.ts'

export interface AccessGrant {
  /** `S-1-…` or two letters. */
  readonly account: string
  readonly mask: number
  /** Of the entry: 2 is inherited by keys below. */
  readonly flags: number
}

const inherited = 0x10
const control = { daclPresent: 4 } as const
const headerBytes = 20

/** @throws RangeError for what is no descriptor */
export function withGrants(descriptor: Uint8Array, grants: readonly AccessGrant[]): Uint8Array {
  const view = new DataView(descriptor.buffer, descriptor.byteOffset, descriptor.length)
  const part = (at: number, sizeOf: (offset: number) => number): Uint8Array => {
    const offset = view.getUint32(at, true)
    return offset === 0 ? new Uint8Array() : descriptor.subarray(offset, offset + sizeOf(offset))
  }
  const sidSize = (offset: number): number => 8 + view.getUint8(offset + 1) * 4
  const listSize = (offset: number): number => view.getUint16(offset + 2, true)
  const [owner, group, sacl] = [part(4, sidSize), part(8, sidSize), part(12, listSize)]
  // Without a list everybody may do everything, and to grant something would take the rest away.
  if ((view.getUint16(2, true) & control.daclPresent) === 0 || view.getUint32(16, true) === 0) return descriptor
  const dacl = withEntries(part(16, listSize), grants)
  const header = descriptor.slice(0, headerBytes)
  const places = new DataView(header.buffer)
  let offset = headerBytes
  for (const [at, bytes] of [[4, owner], [8, group], [12, sacl], [16, dacl]] as const) {
    places.setUint32(at, bytes.length === 0 ? 0 : offset, true)
    offset += bytes.length
  }
  return concatBytes([header, owner, group, sacl, dacl])
}

function withEntries(list: Uint8Array, grants: readonly AccessGrant[]): Uint8Array {
  const entries = entriesOf(list)
  for (const { account, mask, flags } of grants) {
    const sid = sidBytes(account)
    const known = entries.find((entry) => entry[0] === 0 && entry[1] === flags && bytesToHex(entry.subarray(8)) === bytesToHex(sid))
    if (known !== undefined) {
      const view = new DataView(known.buffer, known.byteOffset)
      view.setUint32(4, (view.getUint32(4, true) | mask) >>> 0, true)
      continue
    }
    const entry = new Uint8Array(8 + sid.length)
    const view = new DataView(entry.buffer)
    entry[1] = flags
    view.setUint16(2, entry.length, true)
    view.setUint32(4, mask >>> 0, true)
    entry.set(sid, 8)
    const firstInherited = entries.findIndex((one) => (one[1]! & inherited) !== 0)
    entries.splice(firstInherited < 0 ? entries.length : firstInherited, 0, entry)
  }
  const body = concatBytes([list.subarray(0, 8), ...entries])
  const view = new DataView(body.buffer)
  view.setUint16(2, body.length, true)
  view.setUint16(4, entries.length, true)
  return body
}

function entriesOf(list: Uint8Array): Uint8Array[] {
  const view = new DataView(list.buffer, list.byteOffset, list.length)
  const entries: Uint8Array[] = []
  let offset = 8
  for (let left = view.getUint16(4, true); left > 0; left--) {
    const size = view.getUint16(offset + 2, true)
    if (size < 8) throw new RangeError('expected an entry of at least 8 bytes')
    entries.push(list.slice(offset, offset + size))
    offset += size
  }
  return entries
}
