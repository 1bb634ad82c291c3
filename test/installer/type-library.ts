// A type library with interfaces that have names and identifiers, and nothing in them: enough for its registration.
// Format: src/engine/script/type-library.ts

export interface LibraryPart {
  readonly name: string
  readonly iid: string
  readonly kind: 'interface' | 'dispatch'
  /** TYPEFLAGS. */
  readonly flags: number
}

const headerBytes = 0x54
const typeBytes = 100
const segments = 15

export function typeLibrary(description: string, flags: number, parts: readonly LibraryPart[]): Uint8Array {
  const header = Buffer.alloc(headerBytes + 4 * parts.length)
  header.write('MSFT')
  header.writeUInt32LE(0x41, 0x14)
  header.writeUInt32LE(flags, 0x1c)
  header.writeUInt32LE(parts.length, 0x20)
  header.writeInt32LE(description === '' ? -1 : 0, 0x24)
  const types = Buffer.alloc(typeBytes * parts.length)
  const names: Buffer[] = []
  for (const [index, { name, kind, flags: own }] of parts.entries()) {
    const at = typeBytes * index
    header.writeUInt32LE(at, headerBytes + 4 * index)
    types.writeUInt32LE(kind === 'dispatch' ? 0x2124 : 0x2123, at)
    types.writeInt32LE(24 * index, at + 0x2c)
    types.writeUInt32LE(own, at + 0x30)
    types.writeUInt32LE(names.reduce((sum, one) => sum + one.length, 0), at + 0x34)
    names.push(padded(Buffer.concat([Buffer.alloc(8), Buffer.from([name.length, 0, 0, 0]), Buffer.from(name)])))
  }
  const text = Buffer.from(description)
  const length = Buffer.alloc(2)
  length.writeUInt16LE(text.length)
  const content: Readonly<Record<number, Buffer>> = { 0: types, 5: Buffer.concat(parts.map(({ iid }) => Buffer.concat([guidBytes(iid), Buffer.alloc(8)]))), 7: Buffer.concat(names), 8: padded(Buffer.concat([length, text])) }
  const directory = Buffer.alloc(16 * segments, 0xff)
  const bodies: Buffer[] = []
  let offset = header.length + directory.length
  for (let index = 0; index < segments; index++) {
    const body = content[index] ?? Buffer.alloc(0)
    if (body.length > 0) directory.writeUInt32LE(offset, 16 * index)
    directory.writeUInt32LE(body.length, 16 * index + 4)
    bodies.push(body)
    offset += body.length
  }
  return Buffer.concat([header, directory, ...bodies])
}

function guidBytes(guid: string): Buffer {
  const hex = Buffer.from(guid.replace(/[{}-]/g, ''), 'hex')
  return Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((index) => hex[index]!))
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)])
}
