// The cabinets beside a package that must be signed: rows of MsiDigitalSignature with their certificates.
// https://learn.microsoft.com/windows/win32/msi/digital-signatures-and-external-cabinet-files
// Windows refuses such a cabinet with error 1329 when it is not signed and with 1330 when its signature is not this one.
import { bytesToHex, equalBytes, readAll, type ByteSource } from '../base/index.ts'
import type { Database, Row } from '../database/index.ts'
import { verifyCabinetSignature, type CabinetSignature } from './verify-cabinet.ts'
import type { VerifyOptions } from './verify-package.ts'

export interface ExternalCabinet {
  /** Name of the file beside the package. */
  readonly cabinet: string
  readonly diskId: number
  /** Key in MsiDigitalCertificate. */
  readonly certificate: string
  /** `missing`: there is no such file; `unsigned`, `refused`: Windows would not take it; `accepted`. */
  readonly status: 'missing' | 'unsigned' | 'refused' | 'accepted'
  readonly signature: CabinetSignature | null
  readonly problems: readonly string[]
}

const mostCertificateBytes = 1 << 20

/** @param open The file of a cabinet. @returns empty when the package demands nothing */
export async function verifyExternalCabinets(database: Database, open: (cabinet: string) => ByteSource | undefined, options: VerifyOptions): Promise<ExternalCabinet[]> {
  const found: ExternalCabinet[] = []
  for (const row of database.table('MsiDigitalSignature')?.rows() ?? []) {
    const disk = row.text('SignObject')
    const media = row.text('Table') === 'Media' ? [...database.table('Media')?.rows() ?? []].find((one) => one.text('DiskId') === disk) : undefined
    const cabinet = media?.text('Cabinet') ?? ''
    const certificate = row.text('DigitalCertificate_')
    const base = { cabinet, diskId: Number(disk), certificate, signature: null }
    const source = cabinet === '' || cabinet.startsWith('#') ? undefined : open(cabinet)
    if (media === undefined) found.push({ ...base, status: 'refused', problems: [`expected a row of the Media table, found ${row.text('Table')} ${disk}`] })
    else if (cabinet.startsWith('#')) found.push({ ...base, status: 'refused', problems: ['the signatures of embedded cabinets are not looked at'] })
    else if (source === undefined) found.push({ ...base, status: 'missing', problems: [`expected the cabinet ${cabinet} beside the package, found none`] })
    else found.push(await verifyOne(database, row, source, base, options))
  }
  return found
}

async function verifyOne(database: Database, row: Row, source: ByteSource, base: Omit<ExternalCabinet, 'status' | 'problems'>, options: VerifyOptions): Promise<ExternalCabinet> {
  const signature = await verifyCabinetSignature(source, options)
  if (signature === undefined) return { ...base, status: 'unsigned', problems: ['the cabinet is not signed'] }
  const wanted = database.table('MsiDigitalCertificate')?.find(base.certificate)?.stream('CertData')
  const isSigner = wanted !== undefined && signature.signerCertificate !== undefined && equalBytes(readAll(wanted, mostCertificateBytes), signature.signerCertificate)
  const hash = row.stream('Hash')
  const hashText = hash === undefined ? undefined : bytesToHex(readAll(hash, mostCertificateBytes))
  const problems = [
    ...signature.status === 'intact' || signature.status === 'trusted' ? [] : signature.problems,
    ...isSigner ? [] : [wanted === undefined ? `the certificate ${base.certificate} is missing in MsiDigitalCertificate` : `the signer is not the certificate ${base.certificate}`],
    ...hashText === undefined || hashText === signature.digest.computed ? [] : [`the digest is not the one of the table, ${hashText}`],
  ]
  return { ...base, signature, problems, status: problems.length > 0 ? 'refused' : 'accepted' }
}
