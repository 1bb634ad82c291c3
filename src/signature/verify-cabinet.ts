// The signature of a cabinet, verified: it stands behind the cabinet's data, and a reserve area of 20 bytes in the header
// says where. Covered is the whole cabinet but for two fields of its header and the place of the signature.
// https://learn.microsoft.com/windows/win32/msi/digital-signatures-and-external-cabinet-files
import { copyBytes, FormatError, type ByteSource } from '../base/index.ts'
import { verifyAuthenticode, type AuthenticodeReport } from './authenticode.ts'
import { createDigest, type CreateDigest, type DigestName } from './digest.ts'
import type { VerifyOptions } from './verify-package.ts'

/** Bytes of the header up to and with the reserve area. */
const headerBytes = 60
const reserveFlag = 4
const mostSignatureBytes = 1 << 24
/** Parts of the header that are signed: not `reserved1`, the number in the set, the sizes of the reserve areas and what the area says. */
const signedParts = [[0, 4], [8, 34], [56, 60]] as const

export interface CabinetSignature extends AuthenticodeReport {
  /** Where the signed part ends. */
  readonly signedBytes: number
}

/**
 * Verifies the signature of a cabinet.
 * @returns `undefined` when it has none
 * @throws FormatError when the source is no cabinet, or the signature cannot be read.
 */
export async function verifyCabinetSignature(source: ByteSource, options: VerifyOptions): Promise<CabinetSignature | undefined> {
  const place = findSignature(source)
  if (place === undefined) return undefined
  const create = options.createDigest ?? createDigest
  const report = await verifyAuthenticode(source.read(place.offset, place.size), (name) => cabinetDigest(source, place.offset, create, name), options)
  const end = place.offset + place.size
  const problems = end < source.size ? [...report.problems, `${source.size - end} bytes behind the signature are not covered`] : report.problems
  return { ...report, problems, signedBytes: place.offset }
}

function findSignature(source: ByteSource): { offset: number; size: number } | undefined {
  const header = source.read(0, headerBytes)
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  if (header.length < 36 || view.getUint32(0, true) !== 0x4643534d) {
    throw new FormatError({ structure: 'cabinet header', field: 'signature', offsetBytes: 0, expected: 'MSCF', found: new TextDecoder('latin1').decode(header.subarray(0, 4)) })
  }
  if ((view.getUint16(30, true) & reserveFlag) === 0 || header.length < headerBytes || view.getUint16(36, true) !== 20 || view.getUint32(40, true) !== 0x0010_0000) return undefined
  const offset = view.getUint32(44, true)
  const size = view.getUint32(48, true)
  if (offset === 0 && size === 0) return undefined
  if (offset < headerBytes || size > mostSignatureBytes || offset + size > source.size) {
    throw new FormatError({ structure: 'cabinet header', field: 'place of the signature', offsetBytes: 44, expected: `a place within ${source.size} bytes`, found: `${offset} + ${size}` })
  }
  return { offset, size }
}

function cabinetDigest(source: ByteSource, end: number, create: CreateDigest, name: DigestName): Uint8Array {
  const digest = create(name)
  for (const [from, to] of signedParts) digest.update(source.read(from, to - from))
  const rest: ByteSource = { size: end - headerBytes, read: (offset, length) => source.read(headerBytes + offset, Math.min(length, end - headerBytes - offset)) }
  copyBytes(rest, { write: (chunk) => { digest.update(chunk) } })
  return digest.digest()
}
