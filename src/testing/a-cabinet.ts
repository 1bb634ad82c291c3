// Cabinets for tests, with contents given by name.
import { bytesSource, concatBytes } from '../base/index.ts'
import { writeCabinet, type CabinetInput, type WriteCabinetOptions } from '../cabinet/index.ts'
import { encodeLzx, type LzxFrame, type LzxOptions } from './lzx-encoder.ts'
import { encodeQuantum } from './quantum-encoder.ts'

export type CabinetContents = Readonly<Record<string, string | Uint8Array>>

export function aCabinet(contents: CabinetContents, options: Partial<WriteCabinetOptions> = {}): Uint8Array {
  const parts: Uint8Array[] = []
  writeCabinet(cabinetInputs(contents), { write: (chunk) => { parts.push(new Uint8Array(chunk)) } }, { compression: 'mszip', ...options })
  return concatBytes(parts)
}

export function cabinetInputs(contents: CabinetContents): CabinetInput[] {
  return Object.entries(contents).map(([name, content]) => ({ name, source: bytesSource(bytesOf(content)) }))
}

/** One folder, compressed with LZX. */
export function anLzxCabinet(contents: CabinetContents, options: LzxOptions = {}): Uint8Array {
  return aFramedCabinet(contents, 3 | (options.windowBits ?? 15) << 8, (plain) => encodeLzx(plain, options))
}

/** One folder, compressed with Quantum. @param windowBits 10 to 21 */
export function aQuantumCabinet(contents: CabinetContents, windowBits: number): Uint8Array {
  // The bits between method and window are Quantum's "level", 1 to 7.
  return aFramedCabinet(contents, 2 | 4 << 4 | windowBits << 8, (plain) => encodeQuantum(plain, windowBits))
}

function aFramedCabinet(contents: CabinetContents, compression: number, encode: (plain: Uint8Array) => LzxFrame[]): Uint8Array {
  const files = Object.entries(contents).map(([name, content]) => ({ name, bytes: bytesOf(content) }))
  const frames = encode(concatBytes(files.map((file) => file.bytes)))
  const entries: Uint8Array[] = []
  let offset = 0
  for (const { name, bytes } of files) {
    const text = new TextEncoder().encode(name)
    const entry = new Uint8Array(17 + text.length)
    const view = new DataView(entry.buffer)
    view.setUint32(0, bytes.length, true)
    view.setUint32(4, offset, true)
    view.setUint16(10, 0x21, true)
    view.setUint16(14, 0x20, true)
    entry.set(text, 16)
    entries.push(entry)
    offset += bytes.length
  }
  const data = frames.flatMap((frame) => {
    const header = new Uint8Array(8)
    const view = new DataView(header.buffer)
    view.setUint16(4, frame.data.length, true)
    view.setUint16(6, frame.uncompressedBytes, true)
    view.setUint32(0, checksum(frame.data) ^ view.getUint32(4, true), true)
    return [header, frame.data]
  })
  const dataOffset = 44 + entries.reduce((sum, entry) => sum + entry.length, 0)
  const head = new Uint8Array(44)
  const view = new DataView(head.buffer)
  view.setUint32(0, 0x4643534d, true)
  view.setUint32(8, data.reduce((sum, part) => sum + part.length, dataOffset), true)
  view.setUint32(16, 44, true)
  head.set([3, 1, 1, 0], 24)
  view.setUint16(28, files.length, true)
  view.setUint32(36, dataOffset, true)
  view.setUint16(40, frames.length, true)
  view.setUint16(42, compression, true)
  return concatBytes([head, ...entries, ...data])
}

/** The XOR of the words; the bytes left over form one with the first of them highest. */
function checksum(data: Uint8Array): number {
  const whole = data.length - data.length % 4
  let sum = 0
  for (let at = 0; at < whole; at++) sum ^= data[at]! << at % 4 * 8
  return sum ^ data.subarray(whole).reduce((tail, byte) => tail << 8 | byte, 0)
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}
