// Whether a certificate of a signer was revoked, by lists that came with the signature or were named (RFC 5280 §5).
// Nothing is asked over a network; answers of OCSP (RFC 6960) are told and not read. A list counts when the issuer of the certificate signed it.
import { CertificateRevocationList, OtherRevocationInfoFormat, type Certificate, type SignedDataCRL } from 'pkijs'
import { WindowsError } from '../base/index.ts'
import { buildChain } from './chain.ts'
import { readEncoded } from './pem.ts'
import { cryptoEngine } from './signed-message.ts'

export interface RevocationFacts {
  /** Certificates of the signer's chain that were looked up in a list, out of those that an issuer can revoke. */
  readonly checked: number
  readonly certificates: number
  readonly problems: readonly string[]
  readonly notes: readonly string[]
}

/**
 * The lists of a PEM file, or the one of a DER file.
 * @throws WindowsError ERROR_INVALID_DATA when there is none or one cannot be read.
 */
export function readRevocationLists(bytes: Uint8Array): CertificateRevocationList[] {
  return readEncoded(bytes, 'X509 CRL', 'lists of revoked certificates').map((one, index) => {
    try {
      return CertificateRevocationList.fromBER(Uint8Array.from(one))
    } catch (error) {
      throw new WindowsError('ERROR_INVALID_DATA', `revocation list ${index + 1}: expected one of X.509, found: ${String(error)}`, { cause: error })
    }
  })
}

/** Basic answers of OCSP, and whole ones (RFC 5940). */
const answers: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.48.1.1', '1.3.6.1.5.5.7.16.2'])

/** What came with a signature besides lists: nothing is judged by it, which is said. */
export function unreadRevocation(came: readonly SignedDataCRL[]): string[] {
  const others = came.filter((one): one is OtherRevocationInfoFormat => one instanceof OtherRevocationInfoFormat)
  const ofOcsp = others.filter(({ otherRevInfoFormat }) => answers.has(otherRevInfoFormat)).length
  return [
    ...(ofOcsp === 0 ? [] : [`${ofOcsp === 1 ? 'an answer' : `${ofOcsp} answers`} of OCSP came with the signature and ${ofOcsp === 1 ? 'was' : 'were'} not read`]),
    ...others.filter(({ otherRevInfoFormat }) => !answers.has(otherRevInfoFormat)).map(({ otherRevInfoFormat }) => `what came with the signature about revocation was not read: its kind ${otherRevInfoFormat} is not known`),
  ]
}

/** @param signed When the signature was there: what was revoked later was good then. @param now for lists that are out of date */
export async function checkRevocation(leaf: Certificate, issuers: readonly Certificate[], lists: readonly CertificateRevocationList[], signed: Date, now: Date): Promise<RevocationFacts> {
  const { certificates, complete } = await buildChain(leaf, issuers)
  const revocable = complete ? certificates.slice(0, -1) : certificates
  const problems: string[] = []
  const notes: string[] = []
  let checked = 0
  for (const [index, certificate] of revocable.entries()) {
    const issuer = certificates[index + 1]
    const list = issuer && await listOf(issuer, lists)
    if (list === undefined) continue
    checked++
    const name = index === 0 ? 'the signer\'s certificate' : `the certificate of issuer ${index}`
    const since = list.revokedCertificates?.find(({ userCertificate }) => userCertificate.isEqual(certificate.serialNumber))?.revocationDate.value
    if (since !== undefined && since <= signed) problems.push(`${name} was revoked on ${since.toISOString().slice(0, 10)}`)
    else if (since !== undefined) notes.push(`${name} was revoked on ${since.toISOString().slice(0, 10)}, after the file was signed`)
    if (list.nextUpdate !== undefined && list.nextUpdate.value < now) notes.push(`the revocation list for ${name} is out of date since ${list.nextUpdate.value.toISOString().slice(0, 10)}`)
  }
  return { checked, certificates: revocable.length, problems, notes }
}

/** The youngest one that the issuer signed. */
async function listOf(issuer: Certificate, lists: readonly CertificateRevocationList[]): Promise<CertificateRevocationList | undefined> {
  const own = lists.filter((list) => list.issuer.isEqual(issuer.subject)).toSorted((a, b) => b.thisUpdate.value.getTime() - a.thisUpdate.value.getTime())
  for (const list of own) if (await list.verify({ issuerCertificate: issuer }, cryptoEngine()).catch(() => false)) return list
  return undefined
}
