// A Windows library with nothing in it but one resource: its version, enough for the file versioning rules, or another.
// PE format: https://learn.microsoft.com/windows/win32/debug/pe-format; version resource: …/menurc/vs-versioninfo

const resourceAddress = 0x1000
const resourceOffset = 0x200

/** @param version up to four numbers; @param languages LANGIDs; `note` makes files of one version differ. */
export function peFile(version: string, languages: readonly number[] = [1033], note = ''): Uint8Array {
  return executable(resourceSection(16, versionInfo(version, languages)), note)
}

/** With one resource whose type has a name, such as TYPELIB. */
export function libraryWithResource(type: string, content: Uint8Array): Uint8Array {
  return executable(resourceSection(type, Buffer.from(content)), '')
}

function executable(resource: Buffer, note: string): Uint8Array {
  const text = Buffer.from(note)
  const file = Buffer.alloc(resourceOffset + (resource.length + 0x1ff & ~0x1ff) + text.length)
  file.write('MZ')
  file.writeUInt32LE(0x40, 0x3c)
  file.write('PE\0\0', 0x40, 'latin1')
  file.writeUInt16LE(0x14c, 0x44)
  file.writeUInt16LE(1, 0x46)
  file.writeUInt16LE(0xe0, 0x54)
  file.writeUInt16LE(0x2102, 0x56)
  const optional = 0x58
  file.writeUInt16LE(0x10b, optional)
  file.writeUInt32LE(16, optional + 92)
  file.writeUInt32LE(resourceAddress, optional + 96 + 2 * 8)
  file.writeUInt32LE(resource.length, optional + 96 + 2 * 8 + 4)
  const section = optional + 0xe0
  file.write('.rsrc', section)
  for (const [index, value] of [resource.length, resourceAddress, resource.length, resourceOffset].entries()) file.writeUInt32LE(value, section + 8 + 4 * index)
  resource.copy(file, resourceOffset)
  text.copy(file, file.length - text.length)
  return file
}

/** Three levels of directories (type, name, language) with one entry each, then the data, then the name of the type. */
function resourceSection(type: number | string, data: Buffer): Buffer {
  const head = Buffer.alloc(0x58)
  const subdirectory = 0x8000_0000
  const isNamed = typeof type === 'string'
  for (const [level, [id, child]] of ([[isNamed ? subdirectory + head.length + data.length : type, subdirectory + 0x18], [1, subdirectory + 0x30], [0, 0x48]] as const).entries()) {
    const at = level * 0x18
    head.writeUInt16LE(1, at + (isNamed && level === 0 ? 12 : 14))
    head.writeUInt32LE(id, at + 16)
    head.writeUInt32LE(child >>> 0, at + 20)
  }
  head.writeUInt32LE(resourceAddress + 0x58, 0x48)
  head.writeUInt32LE(data.length, 0x4c)
  return Buffer.concat([head, data, ...(isNamed ? [Buffer.from([type.length, 0]), Buffer.from(type, 'utf16le')] : [])])
}

function versionInfo(version: string, languages: readonly number[]): Buffer {
  const [major = 0, minor = 0, build = 0, revision = 0] = version.split('.').map(Number)
  const fixed = Buffer.alloc(52)
  fixed.writeUInt32LE(0xfeef04bd, 0)
  fixed.writeUInt32LE(0x10000, 4)
  fixed.writeUInt32LE(major * 0x10000 + minor, 8)
  fixed.writeUInt32LE(build * 0x10000 + revision, 12)
  const translation = Buffer.alloc(4 * languages.length)
  for (const [index, language] of languages.entries()) {
    translation.writeUInt16LE(language, 4 * index)
    translation.writeUInt16LE(1200, 4 * index + 2)
  }
  return block('VS_VERSION_INFO', fixed, [block('VarFileInfo', Buffer.alloc(0), [block('Translation', translation)])])
}

function block(key: string, value: Buffer, children: readonly Buffer[] = []): Buffer {
  const head = padded(Buffer.concat([Buffer.alloc(6), Buffer.from(`${key}\0`, 'utf16le')]))
  const whole = Buffer.concat([head, children.length > 0 ? padded(value) : value, ...children.map(padded)])
  whole.writeUInt16LE(whole.length, 0)
  whole.writeUInt16LE(value.length, 2)
  return whole
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)])
}
