// The link target as a list of shell items, MS-SHLLINK 2.2: the computer, a drive, folders, a file. The items are the
// shell's own business; their layout is known from what every Windows since XP reads. Sizes in bytes.
import { concatBytes, decodeUtf16, encodeUtf16, guidToBytes } from '../base/index.ts'
import { ansiText, nullTerminated } from './text.ts'

const myComputer = '{20D04FE0-3AEA-1069-A2D8-08002B30309D}'
const internet = '{871C5380-42A0-1069-A2EA-08002B30309D}'
const itemType = { root: 0x1f, fixedDrive: 0x2f, folder: 0x31, file: 0x32, address: 0x61 } as const
const addressIsUnicode = 0x80
const directoryAttribute = 0x10
/** The block with the long name that follows the short one in items of files and folders. */
const extensionSignature = 0xbeef0004

/** Items for `C:\folder\name`; undefined for what is not on a drive. */
export function idListOfPath(path: string, isFolder: boolean, sizeBytes: number): Uint8Array | undefined {
  const match = /^([A-Za-z]:)(?:\\|$)(.*)$/s.exec(path)
  if (match === null) return undefined
  const names = match[2]!.split('\\').filter((name) => name !== '')
  const items = [rootItem(), driveItem(`${match[1]!.toUpperCase()}\\`)]
  names.forEach((name, index) => {
    const isLast = index === names.length - 1
    items.push(nameItem(name, !isLast || isFolder, isLast && !isFolder ? sizeBytes : 0))
  })
  return concatBytes([...items, new Uint8Array(2)])
}

/** Items for an address such as `https://example.org/`; undefined for what is none. */
export function idListOfAddress(address: string): Uint8Array | undefined {
  if (!/^[A-Za-z][A-Za-z0-9+.-]+:/.test(address)) return undefined
  const root = item(itemType.root, [Uint8Array.of(0x68), guidToBytes(internet)!])
  return concatBytes([root, item(itemType.address, [Uint8Array.of(addressIsUnicode, 0, 0), encodeUtf16(`${address}\0`)]), new Uint8Array(2)])
}

/** The path that the items spell; undefined when they are of another kind. */
export function pathOfIdList(list: Uint8Array): string | undefined {
  let path = ''
  for (const item of itemsOf(list)) {
    const kind = item[0]! & 0x70
    if (item[0] === itemType.address && item[1] === addressIsUnicode) return decodeUtf16(item.subarray(4)).replace(/\0.*$/s, '')
    if (kind === 0x20) path = nullTerminated(item, 1)
    else if (kind === 0x30) path += `${path === '' || path.endsWith('\\') ? '' : '\\'}${nameOf(item)}`
  }
  return path === '' ? undefined : path
}

/** The bytes of each item after its size. */
function itemsOf(list: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = []
  for (let offset = 0; offset + 2 < list.length;) {
    const size = list[offset]! | list[offset + 1]! << 8
    if (size < 3 || offset + size > list.length) break
    items.push(list.subarray(offset + 2, offset + size))
    offset += size
  }
  return items
}

function item(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes([Uint8Array.of(0, 0, type), ...parts])
  new DataView(body.buffer).setUint16(0, body.length, true)
  return body
}

function rootItem(): Uint8Array {
  const sortIndex = 0x50
  return item(itemType.root, [Uint8Array.of(sortIndex), guidToBytes(myComputer)!])
}

function driveItem(root: string): Uint8Array {
  const name = new Uint8Array(22)
  name.set(ansiText(root))
  return item(itemType.fixedDrive, [name])
}

function nameItem(name: string, isFolder: boolean, sizeBytes: number): Uint8Array {
  const fixed = new Uint8Array(11)
  const view = new DataView(fixed.buffer)
  view.setUint32(1, sizeBytes >>> 0, true)
  view.setUint16(9, isFolder ? directoryAttribute : 0, true)
  const shortName = ansiText(name)
  const padded = new Uint8Array((shortName.length + 2) & ~1)
  padded.set(shortName)
  // The item begins with its size and type, which are part of the offset that its last two bytes hold.
  return item(isFolder ? itemType.folder : itemType.file, [fixed, padded, extension(name, 3 + fixed.length + padded.length)])
}

/** Version 3, that of Windows XP, which later ones read. */
function extension(name: string, itemOffset: number): Uint8Array {
  const longName = encodeUtf16(`${name}\0`)
  const bytes = new Uint8Array(20 + longName.length + 2)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, bytes.length, true)
  view.setUint16(2, 3, true)
  view.setUint32(4, extensionSignature, true)
  view.setUint16(16, 0x14, true)
  bytes.set(longName, 20)
  view.setUint16(bytes.length - 2, itemOffset, true)
  return bytes
}

function nameOf(item: Uint8Array): string {
  const isUnicode = (item[0]! & 4) !== 0
  const shortName = isUnicode ? nullTerminatedUtf16(item.subarray(12)) : nullTerminated(item, 12)
  if (item.length < 4) return shortName
  const view = new DataView(item.buffer, item.byteOffset, item.length)
  // Offsets in items count their size field, which is not here.
  const offset = view.getUint16(item.length - 2, true) - 2
  if (offset < 12 || offset + 20 > item.length || view.getUint32(offset + 4, true) !== extensionSignature) return shortName
  const version = view.getUint16(offset + 2, true)
  const nameOffset = offset + (version >= 9 ? 46 : version >= 8 ? 42 : version >= 7 ? 38 : 20)
  const longName = nullTerminatedUtf16(item.subarray(nameOffset, item.length - 2))
  return longName === '' ? shortName : longName
}

function nullTerminatedUtf16(bytes: Uint8Array): string {
  const text = decodeUtf16(bytes)
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}

