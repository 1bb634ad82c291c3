// The checksum in the optional header of a Windows executable. https://learn.microsoft.com/windows/win32/debug/pe-format
// A sum of 16-bit words with the carry folded in, the field itself counted as zero, plus the length of the file.
import type { ByteSource } from '../../../base/index.ts'

const pieceBytes = 1 << 16

/** False also for what is no executable. */
export function hasValidChecksum(source: ByteSource): boolean {
  const head = source.read(0, 0x40)
  if (head.length < 0x40 || head[0] !== 0x4d || head[1] !== 0x5a) return false
  const header = (head[0x3c]! | head[0x3d]! << 8 | head[0x3e]! << 16 | head[0x3f]! << 24) >>> 0
  const field = header + 24 + 64
  const stored = source.read(field, 4)
  if (stored.length < 4) return false
  const expected = (stored[0]! | stored[1]! << 8 | stored[2]! << 16 | stored[3]! << 24) >>> 0
  return peChecksum(source, field) === expected
}

export function peChecksum(source: ByteSource, fieldOffset: number): number {
  let sum = 0
  for (let offset = 0; offset < source.size; offset += pieceBytes) {
    const piece = source.read(offset, Math.min(pieceBytes, source.size - offset))
    for (let index = 0; index < piece.length; index += 2) {
      const at = offset + index
      if (at === fieldOffset || at === fieldOffset + 2) continue
      sum += piece[index]! | (piece[index + 1] ?? 0) << 8
      sum = (sum & 0xffff) + (sum >>> 16)
    }
  }
  return (((sum & 0xffff) + (sum >>> 16)) & 0xffff) + source.size
}
