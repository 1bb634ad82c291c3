// The version resource of a Windows executable: VS_FIXEDFILEINFO and the languages of VarFileInfo\Translation.
// PE format: https://learn.microsoft.com/windows/win32/debug/pe-format; https://learn.microsoft.com/windows/win32/menurc/vs-versioninfo
// Reads headers and the one resource only. Malformed input gives `undefined`: such a file has no version.
import { decodeUtf16, type ByteSource, type FileVersion } from '../../base/index.ts'

export interface FileVersionInfo {
  readonly version: FileVersion
  /** LANGIDs in the resource's order. */
  readonly languages: readonly number[]
}

const rtVersion = 16
const maximumResourceBytes = 1 << 20
const maximumEntries = 4096

export function readFileVersion(source: ByteSource): FileVersionInfo | undefined {
  const image = new Image(source)
  const header = image.u16(0) === 0x5a4d ? image.u32(0x3c) : undefined
  if (header === undefined || image.u32(header) !== 0x00004550) return undefined
  const sections = image.u16(header + 6)
  const optionalSize = image.u16(header + 20)
  const magic = image.u16(header + 24)
  if (sections === undefined || optionalSize === undefined || (magic !== 0x10b && magic !== 0x20b)) return undefined
  const resources = image.u32(header + 24 + (magic === 0x10b ? 96 : 112) + 2 * 8)
  if (resources === undefined || resources === 0) return undefined
  const map = sectionMap(image, header + 24 + optionalSize, Math.min(sections, 96))
  const root = fileOffset(map, resources)
  return root === undefined ? undefined : versionOf(image, map, root)
}

class Image {
  readonly #source: ByteSource

  constructor(source: ByteSource) {
    this.#source = source
  }

  bytes(offset: number, length: number): Uint8Array | undefined {
    if (offset < 0 || offset + length > this.#source.size) return undefined
    const bytes = this.#source.read(offset, length)
    return bytes.length === length ? bytes : undefined
  }

  u16(offset: number): number | undefined {
    const bytes = this.bytes(offset, 2)
    return bytes && bytes[0]! | bytes[1]! << 8
  }

  u32(offset: number): number | undefined {
    const bytes = this.bytes(offset, 4)
    return bytes && (bytes[0]! | bytes[1]! << 8 | bytes[2]! << 16 | bytes[3]! << 24) >>> 0
  }
}

interface Section {
  readonly address: number
  readonly size: number
  readonly offset: number
}

function sectionMap(image: Image, start: number, count: number): Section[] {
  const sections: Section[] = []
  for (let index = 0; index < count; index++) {
    const at = start + index * 40
    const [size, address, rawSize, offset] = [8, 12, 16, 20].map((field) => image.u32(at + field))
    if (size === undefined || address === undefined || rawSize === undefined || offset === undefined) break
    sections.push({ address, size: Math.max(size, rawSize), offset })
  }
  return sections
}

function fileOffset(sections: readonly Section[], address: number): number | undefined {
  const section = sections.find((one) => address >= one.address && address < one.address + one.size)
  return section && section.offset + address - section.address
}

/** Type 16, then the first name and the first language: three levels, never more. */
function versionOf(image: Image, sections: readonly Section[], root: number): FileVersionInfo | undefined {
  let at: number | undefined = directoryEntry(image, root, root, rtVersion)
  for (let level = 0; level < 2 && at !== undefined; level++) at = directoryEntry(image, root, at, undefined)
  const address = at === undefined ? undefined : image.u32(at)
  const size = at === undefined ? undefined : image.u32(at + 4)
  const offset = address === undefined ? undefined : fileOffset(sections, address)
  if (offset === undefined || size === undefined || size > maximumResourceBytes) return undefined
  const bytes = image.bytes(offset, size)
  return bytes && parseVersionResource(bytes)
}

/** Where the entry with this id (or the first one) leads, as a file offset. */
function directoryEntry(image: Image, root: number, directory: number, id: number | undefined): number | undefined {
  const named = image.u16(directory + 12)
  const numbered = image.u16(directory + 14)
  if (named === undefined || numbered === undefined) return undefined
  for (let index = 0; index < Math.min(named + numbered, maximumEntries); index++) {
    const at = directory + 16 + index * 8
    if (id !== undefined && image.u32(at) !== id) continue
    const target = image.u32(at + 4)
    return target === undefined ? undefined : root + (target & 0x7fffffff)
  }
  return undefined
}

/** The VS_VERSIONINFO structure; also what a caller has who got the resource by other means. */
export function parseVersionResource(bytes: Uint8Array): FileVersionInfo | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const root = readBlock(view, 0)
  if (root === undefined || root.key !== 'VS_VERSION_INFO' || root.valueLength < 52 || root.valueAt + 52 > view.byteLength) return undefined
  if (view.getUint32(root.valueAt, true) !== 0xfeef04bd) return undefined
  const high = view.getUint32(root.valueAt + 8, true)
  const low = view.getUint32(root.valueAt + 12, true)
  return { version: [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff], languages: translations(view, root) }
}

interface Block {
  readonly key: string
  readonly valueAt: number
  /** Bytes; words for text values, which are not read here. */
  readonly valueLength: number
  readonly childrenAt: number
  readonly end: number
}

function readBlock(view: DataView, at: number): Block | undefined {
  if (at + 6 > view.byteLength) return undefined
  const length = view.getUint16(at, true)
  const valueLength = view.getUint16(at + 2, true)
  const isText = view.getUint16(at + 4, true) === 1
  const end = at + length
  if (length < 6 || end > view.byteLength) return undefined
  let keyEnd = at + 6
  while (keyEnd + 1 < end && view.getUint16(keyEnd, true) !== 0) keyEnd += 2
  const key = decodeUtf16(new Uint8Array(view.buffer, view.byteOffset + at + 6, keyEnd - at - 6))
  const valueAt = align(keyEnd + 2)
  return { key, valueAt, valueLength, childrenAt: align(valueAt + valueLength * (isText ? 2 : 1)), end }
}

function translations(view: DataView, root: Block): number[] {
  for (let at = root.childrenAt, child = readBlock(view, at); child !== undefined && at < root.end; at = align(child.end), child = readBlock(view, at)) {
    if (child.key !== 'VarFileInfo') continue
    const block = readBlock(view, child.valueLength === 0 ? child.childrenAt : child.valueAt)
    if (block?.key !== 'Translation') return []
    const languages: number[] = []
    for (let pair = block.valueAt; pair + 4 <= Math.min(block.end, block.valueAt + block.valueLength); pair += 4) languages.push(view.getUint16(pair, true))
    return languages
  }
  return []
}

function align(offset: number): number {
  return (offset + 3) & ~3
}
