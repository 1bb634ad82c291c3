// One resource of a Windows executable, by its type: its first name, and that one's first language.
// https://learn.microsoft.com/windows/win32/debug/pe-format#the-rsrc-section
// Reads headers and the one resource only. Malformed input gives `undefined`: such a file has no such resource.
import { decodeUtf16, type ByteSource } from '../../../base/index.ts'

const maximumEntries = 4096

/** @param type Number, or name in capitals; @param maximumBytes What is larger is not read */
export function readResource(source: ByteSource, type: number | string, maximumBytes: number): Uint8Array | undefined {
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
  return root === undefined ? undefined : resourceBytes(image, map, root, type, maximumBytes)
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

/** The type, then the first name and the first language: three levels, never more. */
function resourceBytes(image: Image, sections: readonly Section[], root: number, type: number | string, maximumBytes: number): Uint8Array | undefined {
  let at: number | undefined = directoryEntry(image, root, root, type)
  for (let level = 0; level < 2 && at !== undefined; level++) at = directoryEntry(image, root, at, undefined)
  const address = at === undefined ? undefined : image.u32(at)
  const size = at === undefined ? undefined : image.u32(at + 4)
  const offset = address === undefined ? undefined : fileOffset(sections, address)
  return offset === undefined || size === undefined || size > maximumBytes ? undefined : image.bytes(offset, size)
}

/** Where the entry of this type (or the first one) leads, as a file offset. */
function directoryEntry(image: Image, root: number, directory: number, type: number | string | undefined): number | undefined {
  const named = image.u16(directory + 12)
  const numbered = image.u16(directory + 14)
  if (named === undefined || numbered === undefined) return undefined
  for (let index = 0; index < Math.min(named + numbered, maximumEntries); index++) {
    const at = directory + 16 + index * 8
    if (type !== undefined && !isOfType(image, root, image.u32(at), type)) continue
    const target = image.u32(at + 4)
    return target === undefined ? undefined : root + (target & 0x7fffffff)
  }
  return undefined
}

/** A name stands as a counted string, its offset marked by the highest bit. */
function isOfType(image: Image, root: number, id: number | undefined, type: number | string): boolean {
  if (id === undefined || typeof type === 'number') return id === type
  const at = root + (id & 0x7fffffff)
  if (id < 0x8000_0000 || image.u16(at) !== type.length) return false
  const text = image.bytes(at + 2, 2 * type.length)
  return text !== undefined && decodeUtf16(text).toUpperCase() === type
}
