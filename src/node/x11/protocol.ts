// The X11 wire protocol, as far as finding windows and asking them to close takes: set-up, a few requests, replies and errors;
// of the X-Resource extension the one that tells a client's process.
// Little-endian; lengths count units of four bytes. https://www.x.org/releases/X11R7.7/doc/xproto/x11protocol.html

export const opcodes = { getWindowAttributes: 3, queryTree: 15, internAtom: 16, getProperty: 20, sendEvent: 25, getInputFocus: 43, queryExtension: 98 } as const

export const anyType = 0
const protocolMajor = 11

export function setupRequest(authorization: { readonly name: string; readonly data: Uint8Array } | undefined): Buffer {
  const name = Buffer.from(authorization?.name ?? '', 'latin1')
  const data = Buffer.from(authorization?.data ?? [])
  const head = Buffer.alloc(12)
  head.write('l', 0, 'latin1')
  head.writeUInt16LE(protocolMajor, 2)
  head.writeUInt16LE(name.length, 6)
  head.writeUInt16LE(data.length, 8)
  return Buffer.concat([head, padded(name), padded(data)])
}

/** Bytes of the whole answer to the set-up, once its head is there. */
export function setupLength(head: Buffer): number {
  return 8 + head.readUInt16LE(6) * 4
}

/** Root windows of the screens; `undefined` when the server refused. */
export function setupRoots(answer: Buffer): number[] | undefined {
  if (answer[0] !== 1) return undefined
  const vendorLength = answer.readUInt16LE(24)
  const screens = answer[28]!
  const formats = answer[29]!
  const roots: number[] = []
  let offset = 40 + align(vendorLength) + formats * 8
  for (let screen = 0; screen < screens && offset + 40 <= answer.length; screen++) {
    roots.push(answer.readUInt32LE(offset))
    const depths = answer[offset + 39]!
    offset += 40
    for (let depth = 0; depth < depths && offset + 8 <= answer.length; depth++) offset += 8 + answer.readUInt16LE(offset + 2) * 24
  }
  return roots
}

export function internAtom(name: string): Buffer {
  const bytes = Buffer.from(name, 'latin1')
  const request = Buffer.alloc(8)
  request[0] = opcodes.internAtom
  request.writeUInt16LE(2 + align(bytes.length) / 4, 2)
  request.writeUInt16LE(bytes.length, 4)
  return Buffer.concat([request, padded(bytes)])
}

export function queryExtension(name: string): Buffer {
  const request = internAtom(name)
  request[0] = opcodes.queryExtension
  return request
}

/** `undefined` when the server does not have it. */
export function extensionOpcode(reply: Buffer): number | undefined {
  return reply[8] === 0 ? undefined : reply[9]
}

/** Version 1.2 is the first that knows processes. */
export function resourceVersion(extension: number): Buffer {
  return Buffer.from([extension, 0, 2, 0, 1, 2, 0, 0])
}

const localProcess = 2

/** XResQueryClientIds: the processes behind the clients that own these windows. */
export function queryClientProcesses(extension: number, windows: readonly number[]): Buffer {
  const request = Buffer.alloc(8 + windows.length * 8)
  request[0] = extension
  request[1] = 4
  request.writeUInt16LE(request.length / 4, 2)
  request.writeUInt32LE(windows.length, 4)
  for (const [index, window] of windows.entries()) {
    request.writeUInt32LE(window, 8 + index * 8)
    request.writeUInt32LE(localProcess, 12 + index * 8)
  }
  return request
}

/** By client: the high bits that its windows' numbers share. */
export function clientProcesses(reply: Buffer): Map<number, number> {
  const found = new Map<number, number>()
  const count = reply.readUInt32LE(8)
  for (let offset = 32, index = 0; index < count && offset + 16 <= reply.length; index++) {
    const length = reply.readUInt32LE(offset + 8)
    if (length >= 4) found.set(reply.readUInt32LE(offset), reply.readUInt32LE(offset + 12))
    offset += 12 + length
  }
  return found
}

/** At most `units` of four bytes. */
export function getProperty(window: number, property: number, units: number): Buffer {
  const request = Buffer.alloc(24)
  request[0] = opcodes.getProperty
  request.writeUInt16LE(6, 2)
  request.writeUInt32LE(window, 4)
  request.writeUInt32LE(property, 8)
  request.writeUInt32LE(anyType, 12)
  request.writeUInt32LE(units, 20)
  return request
}

export function queryTree(window: number): Buffer {
  const request = Buffer.alloc(8)
  request[0] = opcodes.queryTree
  request.writeUInt16LE(2, 2)
  request.writeUInt32LE(window, 4)
  return request
}

export function getWindowAttributes(window: number): Buffer {
  const request = queryTree(window)
  request[0] = opcodes.getWindowAttributes
  return request
}

export function isMapped(reply: Buffer): boolean {
  return reply[26] !== 0
}

/** Its reply shows that everything before has been done. */
export function getInputFocus(): Buffer {
  const request = Buffer.alloc(4)
  request[0] = opcodes.getInputFocus
  request.writeUInt16LE(1, 2)
  return request
}

/** A WM_PROTOCOLS message to the window itself. */
export function sendProtocolMessage(window: number, protocols: number, message: number): Buffer {
  const request = Buffer.alloc(44)
  request[0] = opcodes.sendEvent
  request.writeUInt16LE(11, 2)
  request.writeUInt32LE(window, 4)
  request[12] = 33
  request[13] = 32
  request.writeUInt32LE(window, 16)
  request.writeUInt32LE(protocols, 20)
  request.writeUInt32LE(message, 24)
  return request
}

/** Bytes of an answer, once its first 32 are there. Only replies and generic events are longer. */
export function answerLength(head: Buffer): number {
  return head[0] === 1 || head[0] === 35 ? 32 + head.readUInt32LE(4) * 4 : 32
}

export function propertyWords(reply: Buffer): number[] {
  if (reply[1] !== 32) return []
  const count = Math.min(reply.readUInt32LE(16), (reply.length - 32) >> 2)
  return Array.from({ length: count }, (_, index) => reply.readUInt32LE(32 + index * 4))
}

export function propertyText(reply: Buffer, encoding: 'utf8' | 'latin1'): string {
  return reply[1] === 8 ? reply.toString(encoding, 32, Math.min(reply.length, 32 + reply.readUInt32LE(16))) : ''
}

export function treeChildren(reply: Buffer): number[] {
  const count = Math.min(reply.readUInt16LE(16), (reply.length - 32) >> 2)
  return Array.from({ length: count }, (_, index) => reply.readUInt32LE(32 + index * 4))
}

function align(length: number): number {
  return (length + 3) & ~3
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(align(bytes.length) - bytes.length)])
}
