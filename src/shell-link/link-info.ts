// Where the target was when the link was made: on a volume or on a network share. MS-SHLLINK 2.3. The paths are
// written both in 8-bit text and in Unicode.
import { concatBytes, decodeUtf16, encodeUtf16 } from '../base/index.ts'
import { ansiText, nullTerminated } from './text.ts'

const headerBytes = 0x24
const flag = { volume: 1, network: 2 } as const
const fixedDrive = 3
const lanManager = 0x00020000

/** For `C:\…` and `\\server\share\…`; undefined for other paths. */
export function linkInfoOfPath(path: string): Uint8Array | undefined {
  if (/^[A-Za-z]:/.test(path)) return assemble(flag.volume, volumeId(), path, '')
  const share = /^(\\\\[^\\]+\\[^\\]+)\\?(.*)$/s.exec(path)
  return share === null ? undefined : assemble(flag.network, networkLink(share[1]!), undefined, share[2]!)
}

function assemble(flags: number, location: Uint8Array, basePath: string | undefined, suffix: string): Uint8Array {
  const head = new Uint8Array(headerBytes)
  const view = new DataView(head.buffer)
  const parts: Uint8Array[] = [head]
  let offset = headerBytes
  const add = (field: number, bytes: Uint8Array): void => {
    view.setUint32(field, offset, true)
    parts.push(bytes)
    offset += bytes.length
  }
  view.setUint32(4, headerBytes, true)
  view.setUint32(8, flags, true)
  add(flags === flag.volume ? 12 : 20, location)
  if (basePath !== undefined) add(16, ansiText(`${basePath}\0`))
  add(24, ansiText(`${suffix}\0`))
  if (basePath !== undefined) add(28, encodeUtf16(`${basePath}\0`))
  add(32, encodeUtf16(`${suffix}\0`))
  view.setUint32(0, offset, true)
  return concatBytes(parts)
}

/** A fixed drive without serial number and label. */
function volumeId(): Uint8Array {
  const bytes = new Uint8Array(0x11)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, bytes.length, true)
  view.setUint32(4, fixedDrive, true)
  view.setUint32(12, 0x10, true)
  return bytes
}

function networkLink(share: string): Uint8Array {
  const name = ansiText(`${share}\0`)
  const bytes = new Uint8Array(0x14 + name.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, bytes.length, true)
  view.setUint32(4, 2, true)
  view.setUint32(8, 0x14, true)
  view.setUint32(16, lanManager, true)
  bytes.set(name, 0x14)
  return bytes
}

/** The path that a LinkInfo, given from its size field on, spells. */
export function pathOfLinkInfo(info: Uint8Array): string | undefined {
  if (info.length < 0x1c) return undefined
  const view = new DataView(info.buffer, info.byteOffset, info.length)
  const isWide = view.getUint32(4, true) >= headerBytes && info.length >= headerBytes
  const text = (ansiField: number, wideField: number): string => {
    const wide = isWide ? view.getUint32(wideField, true) : 0
    if (wide !== 0 && wide < info.length) return untilNull(decodeUtf16(info.subarray(wide)))
    const ansi = view.getUint32(ansiField, true)
    return ansi === 0 ? '' : nullTerminated(info, ansi)
  }
  const flags = view.getUint32(8, true)
  const base = (flags & flag.volume) !== 0 ? text(16, 28) : (flags & flag.network) !== 0 ? shareName(info, view.getUint32(20, true)) : ''
  if (base === '') return undefined
  const suffix = text(24, 32)
  return suffix === '' || base.endsWith('\\') ? base + suffix : `${base}\\${suffix}`
}

function shareName(info: Uint8Array, offset: number): string {
  if (offset + 0x14 > info.length) return ''
  const link = info.subarray(offset)
  const view = new DataView(link.buffer, link.byteOffset, link.length)
  const nameOffset = view.getUint32(8, true)
  if (nameOffset > 0x14 && link.length >= 0x18) {
    const wide = view.getUint32(0x14, true)
    if (wide !== 0 && wide < link.length) return untilNull(decodeUtf16(link.subarray(wide)))
  }
  return nullTerminated(link, nameOffset)
}

function untilNull(text: string): string {
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}
