// Small byte operations shared by every layer.

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

export function bytesToHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** `undefined` when the text has an odd length or another character than hexadecimal digits. */
export function bytesFromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let index = 0; index < bytes.length; index++) bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16)
  return bytes
}

/** UTF-16LE without a byte order mark; unpaired surrogates are kept. */
export function encodeUtf16(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 2)
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    bytes[index * 2] = unit & 0xff
    bytes[index * 2 + 1] = unit >> 8
  }
  return bytes
}

/** UTF-16LE; a trailing odd byte is ignored, unpaired surrogates are kept. */
export function decodeUtf16(bytes: Uint8Array, first = 0, end = bytes.length): string {
  let text = ''
  const whole = first + ((end - first) & ~1)
  for (let start = first; start < whole; start += 8192) {
    text += String.fromCharCode.apply(undefined, utf16Units(bytes, start, (Math.min(whole, start + 8192) - start) >> 1) as unknown as number[])
  }
  return text
}

function utf16Units(bytes: Uint8Array, start: number, count: number): Uint16Array {
  if (littleEndianHost && (bytes.byteOffset + start) % 2 === 0) return new Uint16Array(bytes.buffer, bytes.byteOffset + start, count)
  const units = new Uint16Array(count)
  for (let index = 0, at = start; index < count; index++, at += 2) units[index] = bytes[at]! | (bytes[at + 1]! << 8)
  return units
}

/** Whether typed arrays have the byte order of the file formats. */
export const littleEndianHost = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Copies little-endian numbers of 32 bits into an array, from its place `first`; those it has no room for are left out. In one go: one by one it would be most of what opening a large file costs. */
export function copyUint32(bytes: Uint8Array, into: Uint32Array, first = 0): void {
  const count = Math.min(bytes.length >> 2, into.length - first)
  if (littleEndianHost) {
    new Uint8Array(into.buffer, into.byteOffset + first * 4, count * 4).set(bytes.subarray(0, count * 4))
    return
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let index = 0; index < count; index++) into[first + index] = view.getUint32(index * 4, true)
}

/** A view where the host has this order, as almost all have. */
export function littleEndianBytes(words: Uint16Array | Uint32Array): Uint8Array {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: size } = words
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  return littleEndianHost ? bytes : bytes.map((_, at) => bytes[at - at % size + size - 1 - at % size]!)
}
