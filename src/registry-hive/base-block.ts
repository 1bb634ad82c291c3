// The first 4096 bytes of a REGF hive. Layout as documented by the community of forensic readers; Microsoft documents none.
// Offsets of cells count from the end of this block. Times are FILETIMEs.
import { decodeUtf16, encodeUtf16, type Findings, FormatError } from '../base/index.ts'

export const baseBlockBytes = 4096
const signature = 0x66676572 // 'regf'
const structure = 'hive base block'

export interface BaseBlock {
  /** Two counters: they differ while a hive is being written, and in a hive that was not closed. */
  readonly primarySequence: number
  readonly secondarySequence: number
  readonly lastWritten: bigint
  readonly minorVersion: number
  readonly rootCell: number
  /** Bytes of all bins together. */
  readonly binsBytes: number
  /** Up to 31 characters of the end of the path that Windows loaded the hive from. */
  readonly fileName: string
}

export function readBaseBlock(bytes: Uint8Array, findings: Findings): BaseBlock {
  if (bytes.length < baseBlockBytes) throw new FormatError({ structure, expected: `at least ${baseBlockBytes} bytes`, found: `${bytes.length}` })
  const view = new DataView(bytes.buffer, bytes.byteOffset, baseBlockBytes)
  if (view.getUint32(0, true) !== signature) {
    throw new FormatError({ structure, field: 'signature', offsetBytes: 0, expected: 'regf', found: hex(view.getUint32(0, true)) })
  }
  const major = view.getUint32(20, true)
  const minorVersion = view.getUint32(24, true)
  if (major !== 1 || minorVersion < 2 || minorVersion > 6) {
    throw new FormatError({ structure, field: 'version', offsetBytes: 20, expected: '1.2 to 1.6', found: `${major}.${minorVersion}` })
  }
  const stored = view.getUint32(508, true)
  if (stored !== checksum(view)) {
    findings.report({ id: 'hive-checksum', structure, field: 'checksum', offsetBytes: 508, expected: hex(checksum(view)), found: hex(stored) })
  }
  const block = {
    primarySequence: view.getUint32(4, true),
    secondarySequence: view.getUint32(8, true),
    lastWritten: view.getBigUint64(12, true),
    minorVersion,
    rootCell: view.getUint32(36, true),
    binsBytes: view.getUint32(40, true),
    fileName: decodeUtf16(bytes.subarray(48, 112)).split('\0', 1)[0]!,
  }
  if (block.primarySequence !== block.secondarySequence) {
    findings.report({ id: 'hive-not-closed', structure, field: 'sequence numbers', offsetBytes: 4,
      expected: 'two equal ones', found: `${block.primarySequence} and ${block.secondarySequence}: changes may still stand in the hive's log files` })
  }
  return block
}

export function writeBaseBlock(block: BaseBlock, into: Uint8Array): void {
  const view = new DataView(into.buffer, into.byteOffset, baseBlockBytes)
  view.setUint32(0, signature, true)
  view.setUint32(4, block.primarySequence, true)
  view.setUint32(8, block.secondarySequence, true)
  view.setBigUint64(12, block.lastWritten, true)
  view.setUint32(20, 1, true)
  view.setUint32(24, block.minorVersion, true)
  view.setUint32(32, 1, true) // direct memory load, the only format
  view.setUint32(36, block.rootCell, true)
  view.setUint32(40, block.binsBytes, true)
  view.setUint32(44, 1, true) // clustering factor: sectors of 512 bytes
  into.set(encodeUtf16(block.fileName.slice(-31)), 48)
  view.setUint32(508, checksum(view), true)
}

/** Exclusive or of the 127 numbers before it; 0 and 0xffffffff are never stored. */
function checksum(view: DataView): number {
  let sum = 0
  for (let offset = 0; offset < 508; offset += 4) sum ^= view.getUint32(offset, true)
  sum >>>= 0
  return sum === 0 ? 1 : sum === 0xffffffff ? 0xfffffffe : sum
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`
}
