// The signature of a package, merge module, patch or transform, verified.
// https://learn.microsoft.com/windows/win32/msi/digital-signatures-and-windows-installer
import { bytesToHex, readAll, type ByteSource } from '../base/index.ts'
import { openCompoundFile, type Storage } from '../compound-file/index.ts'
import { verifyAuthenticode, type AuthenticodeReport, type TrustOptions } from './authenticode.ts'
import { createDigest, type CreateDigest, type DigestName } from './digest.ts'
import { coverageOf, digestContent, digestMetadata, metadataStream, signatureStream, type Coverage } from './storage-digest.ts'

export interface VerifyOptions extends TrustOptions {
  /** A faster digest than the one in plain JavaScript. */
  readonly createDigest?: CreateDigest
}

export interface PackageCoverage extends Coverage {
  /** Names, times and state bits are covered too, by `MsiDigitalSignatureEx`. */
  readonly metadata: boolean
  /** Bytes of the file behind the end of its compound file, which no signature covers; 0 in what signing tools make. */
  readonly bytesBehind: number
}

export interface PackageSignature extends AuthenticodeReport {
  readonly covered: PackageCoverage
}

/** More than any signature has. */
const mostSignatureBytes = 1 << 24

/**
 * Verifies the signature of a package.
 * @returns `undefined` when it has none
 * @throws FormatError when the file is no compound file, or the signature cannot be read.
 * @see https://learn.microsoft.com/windows/win32/msi/digital-signatures-and-windows-installer
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { bytesSource } from 'msikit/base'
 * import { verifyPackageSignature } from 'msikit/signature'
 *
 * const report = await verifyPackageSignature(bytesSource(readFileSync('app.msi')), { now: new Date() })
 * console.log(report?.status, report?.signer?.subject)
 * ```
 */
export async function verifyPackageSignature(source: ByteSource, options: VerifyOptions): Promise<PackageSignature | undefined> {
  const { root, endBytes } = openCompoundFile(source)
  const signature = streamOf(root, signatureStream)
  if (signature === undefined) return undefined
  const metadata = streamOf(root, metadataStream)
  const stored = metadata && readAll(metadata, mostSignatureBytes)
  const create = options.createDigest ?? createDigest
  const report = await verifyAuthenticode(readAll(signature, mostSignatureBytes), (name) => contentDigest(root, stored, create, name), options)
  const covered = { ...coverageOf(root), metadata: stored !== undefined, bytesBehind: source.size - endBytes }
  const changed = stored !== undefined && bytesToHex(stored) !== bytesToHex(metadataDigest(root, create, report.digest.algorithm as DigestName))
  if (!changed) return { ...report, covered }
  return { ...report, covered, status: 'altered', problems: ['names, times or other facts of the directory are not what was signed', ...report.problems] }
}

function streamOf(root: Storage, name: string): ByteSource | undefined {
  const entry = root.entries.find((one) => one.name === name)
  return entry?.kind === 'stream' ? entry.source : undefined
}

function contentDigest(root: Storage, metadata: Uint8Array | undefined, create: CreateDigest, name: DigestName): Uint8Array {
  const digest = create(name)
  if (metadata !== undefined) digest.update(metadata)
  digestContent(root, digest)
  return digest.digest()
}

function metadataDigest(root: Storage, create: CreateDigest, name: DigestName): Uint8Array {
  const digest = create(name)
  digestMetadata(root, digest)
  return digest.digest()
}
