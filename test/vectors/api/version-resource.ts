// Makes executables of Windows that hold nothing but a version resource.
// https://learn.microsoft.com/windows/win32/debug/pe-format; https://learn.microsoft.com/windows/win32/menurc/vs-versioninfo
import { concatBytes, encodeUtf16 } from 'msikit/base'

const sectionAddress = 0x1000
const headerBytes = 0x200

/** @param version Four numbers; @param languages LANGIDs */
export function versionedImage(version: readonly number[], languages: readonly number[] = [0x409]): Uint8Array {
  const resource = versionBlock(version, languages)
  const section = resourceSection(resource)
  const image = new Uint8Array(headerBytes + section.length)
  const view = new DataView(image.buffer)
  image.set([0x4d, 0x5a])
  view.setUint32(0x3c, 0x40, true)
  image.set([0x50, 0x45], 0x40)
  view.setUint16(0x44, 0x14c, true)
  view.setUint16(0x46, 1, true)
  view.setUint16(0x54, 0xe0, true)
  view.setUint16(0x56, 0x2102, true)
  view.setUint16(0x58, 0x10b, true)
  view.setUint32(0x58 + 92, 16, true)
  view.setUint32(0x58 + 96 + 16, sectionAddress, true)
  view.setUint32(0x58 + 96 + 20, section.length, true)
  const header = 0x58 + 0xe0
  image.set(new TextEncoder().encode('.rsrc'), header)
  for (const [field, value] of [[8, section.length], [12, sectionAddress], [16, section.length], [20, headerBytes], [36, 0x40000040]] as const) {
    view.setUint32(header + field, value, true)
  }
  image.set(section, headerBytes)
  return image
}

/** Three levels of directories, with one entry each: type 16, name 1, language neutral. */
function resourceSection(resource: Uint8Array): Uint8Array {
  const section = new Uint8Array(3 * 24 + 16 + resource.length)
  const view = new DataView(section.buffer)
  for (const [level, id] of [16, 1, 0].entries()) {
    view.setUint16(level * 24 + 14, 1, true)
    view.setUint32(level * 24 + 16, id, true)
    view.setUint32(level * 24 + 20, level < 2 ? 0x80000000 + (level + 1) * 24 : 72, true)
  }
  view.setUint32(72, sectionAddress + 88, true)
  view.setUint32(76, resource.length, true)
  section.set(resource, 88)
  return section
}

function versionBlock(version: readonly number[], languages: readonly number[]): Uint8Array {
  const [major = 0, minor = 0, build = 0, revision = 0] = version
  const fixed = new DataView(new ArrayBuffer(52))
  for (const [field, value] of [[0, 0xfeef04bd], [4, 0x10000], [8, major * 0x10000 + minor], [12, build * 0x10000 + revision], [32, 0x40004], [36, 2]] as const) {
    fixed.setUint32(field, value, true)
  }
  const translation = new DataView(new ArrayBuffer(languages.length * 4))
  for (const [index, language] of languages.entries()) translation.setUint32(index * 4, 1200 * 0x10000 + language, true)
  const translations = block('Translation', new Uint8Array(translation.buffer), [])
  return block('VS_VERSION_INFO', new Uint8Array(fixed.buffer), [block('VarFileInfo', new Uint8Array(0), [translations])])
}

function block(key: string, value: Uint8Array, children: readonly Uint8Array[]): Uint8Array {
  const head = padded(concatBytes([new Uint8Array(6), encodeUtf16(`${key}\0`)]))
  const body = concatBytes([head, children.length > 0 ? padded(value) : value, ...children])
  const view = new DataView(body.buffer, body.byteOffset)
  view.setUint16(0, body.length, true)
  view.setUint16(2, value.length, true)
  return body
}

function padded(bytes: Uint8Array): Uint8Array {
  return concatBytes([bytes, new Uint8Array((4 - bytes.length % 4) % 4)])
}
