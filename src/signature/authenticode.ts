// An Authenticode signature: a signed message whose content names the digest of a file (SpcIndirectDataContent), with the
// program's name and address, time stamps and nested signatures as attributes.
// "Windows Authenticode Portable Executable Signature Format" has the structures.
import * as asn1 from 'asn1js'
import { Certificate, CertificateRevocationList, type SignerInfo } from 'pkijs'
import { bytesToHex, decodeUtf16, FormatError } from '../base/index.ts'
import { certificateFacts, encodedCertificate, type CertificateFacts } from './certificate.ts'
import { buildChain, distrust, purposes } from './chain.ts'
import { digestName, type DigestName } from './digest.ts'
import { checkRevocation, unreadRevocation, type RevocationFacts } from './revocation.ts'
import { attributeValue, checkSigner, childrenOf, oidOf, parsing, readSignedMessage, valueOctets, type Asn1Node, type SignedMessage } from './signed-message.ts'
import { checkTimeStamp, type TimeStampCheck } from './time-stamp.ts'

const indirectData = '1.3.6.1.4.1.311.2.1.4'
const opusInfo = '1.3.6.1.4.1.311.2.1.12'
const nestedSignature = '1.3.6.1.4.1.311.2.4.1'
const mostNested = 8

/**
 * `altered`: the content is not what was signed; `invalid`: the signature itself is wrong; `intact`: both hold, and nobody
 * asked about trust; `trusted` and `untrusted` tell whether the signer leads to a trusted certificate and was not revoked.
 */
export type SignatureStatus = 'altered' | 'invalid' | 'intact' | 'trusted' | 'untrusted'

export interface SignerFacts extends CertificateFacts {
  /** The issuers that came with the signature, each with a signature by the next. */
  readonly issuers: readonly CertificateFacts[]
  /** The issuers lead up to a certificate that issued itself. */
  readonly chainComplete: boolean
}

export interface TimeStampFacts {
  readonly kind: 'RFC 3161' | 'countersignature'
  /** ISO 8601, UTC. */
  readonly time: string
  readonly signer: SignerFacts | null
  readonly problems: readonly string[]
}

export interface AuthenticodeReport {
  readonly status: SignatureStatus
  readonly digest: { readonly algorithm: string; readonly signed: string; readonly computed: string; readonly matches: boolean }
  readonly signer: SignerFacts | null
  /** The certificate of the signer in DER. */
  readonly signerCertificate: Uint8Array | undefined
  readonly program: { readonly name: string; readonly url: string }
  /** As the signer says; ISO 8601, '' when not told. */
  readonly signingTime: string
  readonly timeStamp: TimeStampFacts | null
  /** Null when the signature does not hold. */
  readonly revocation: Pick<RevocationFacts, 'checked' | 'certificates'> | null
  readonly nested: readonly AuthenticodeReport[]
  readonly problems: readonly string[]
  /** What is weak, though it holds. */
  readonly notes: readonly string[]
}

export interface TrustOptions {
  /** Certificates that are trusted; without them trust is not evaluated. */
  readonly anchors?: readonly Certificate[]
  /** Beside those that come with a signature; nothing is asked over a network. */
  readonly revocationLists?: readonly CertificateRevocationList[]
  /** The moment of the check. Signatures with a trusted time stamp are judged by that instead. */
  readonly now: Date
}

/**
 * Verifies a signature.
 * @param computeDigest The digest of what is signed.
 * @throws FormatError when it cannot be read.
 */
export async function verifyAuthenticode(pkcs7: Uint8Array, computeDigest: (name: DigestName) => Uint8Array, trust: TrustOptions): Promise<AuthenticodeReport> {
  const message = readSignedMessage(pkcs7)
  try {
    return await verifyMessage(message, computeDigest, trust, 0)
  } catch (error) {
    return parsing('signature', () => { throw error })
  }
}

async function verifyMessage(message: SignedMessage, computeDigest: (name: DigestName) => Uint8Array, trust: TrustOptions, depth: number): Promise<AuthenticodeReport> {
  const signed = parsing('signature', () => signedDigest(message))
  const computed = bytesToHex(computeDigest(signed.algorithm))
  const digest = { algorithm: signed.algorithm, signed: bytesToHex(signed.bytes), computed, matches: computed === bytesToHex(signed.bytes) }
  const signer = message.data.signerInfos[0]
  if (signer === undefined) throw new FormatError({ structure: 'signature', expected: 'a signer', found: 'none' })
  const check = await checkSigner(signer, message.content, indirectData, message.certificates)
  const timeStamp = await readTimeStamp(signer, message)
  const attributes = signer.signedAttrs?.attributes ?? []
  const problems = [...(digest.matches ? [] : ['the content is not what was signed']), ...check.problems]
  const holds = problems.length === 0
  const judged = holds ? await judge(check.certificate!, message, timeStamp, trust) : undefined
  const revocation = judged && await revocationOf(check.certificate!, message, judged.at, trust)
  const doubts = [...judged?.problems ?? [], ...revocation?.problems ?? []]
  return {
    status: !digest.matches ? 'altered' : !holds ? 'invalid' : doubts.length > 0 ? 'untrusted' : trust.anchors === undefined ? 'intact' : 'trusted',
    digest, problems: [...problems, ...doubts], revocation: revocation === undefined ? null : { checked: revocation.checked, certificates: revocation.certificates }, signer: check.certificate === undefined ? null : await signerFacts(check.certificate, message.certificates),
    signerCertificate: check.certificate && encodedCertificate(check.certificate), program: programOf(attributeValue(attributes, opusInfo)),
    signingTime: check.signingTime?.toISOString() ?? '', timeStamp: timeStamp === undefined ? null : await timeStampFacts(timeStamp),
    nested: await nestedReports(signer, computeDigest, trust, depth),
    notes: [...[...new Set([signed.algorithm, check.digest])].flatMap((name) => name === 'md5' || name === 'sha1' ? [`${name} is no longer safe against forged collisions`] : []), ...judged?.notes ?? [], ...revocation?.notes ?? [], ...unreadRevocation(message.data.crls ?? [])],
  }
}

/** DigestInfo of the SpcIndirectDataContent. */
function signedDigest({ content, contentType }: SignedMessage): { algorithm: DigestName; bytes: Uint8Array } {
  if (contentType !== indirectData) throw new Error(`content of type ${contentType}, not ${indirectData}`)
  // The content is the value of a sequence: its parts follow each other.
  const first = asn1.fromBER(Uint8Array.from(content))
  const second = asn1.fromBER(Uint8Array.from(content.subarray(first.offset)))
  const [algorithm, value] = first.offset > 0 && second.offset > 0 ? childrenOf(second.result as unknown as Asn1Node) : []
  const name = digestName(oidOf(childrenOf(algorithm)[0]))
  const bytes = value?.valueBlock.valueHexView
  if (name === undefined || bytes === undefined) throw new Error('no digest of a known kind')
  return { algorithm: name, bytes: Uint8Array.from(bytes) }
}

async function readTimeStamp(signer: SignerInfo, message: SignedMessage): Promise<TimeStampCheck | undefined> {
  try {
    return await checkTimeStamp(signer, message.certificates)
  } catch (error) {
    const nobody = { certificate: undefined, digest: undefined, signingTime: undefined, problems: [] }
    return { kind: 'RFC 3161', time: undefined, signer: nobody, certificates: [], problems: [`it cannot be read: ${error instanceof Error ? error.message : String(error)}`] }
  }
}

interface Judgement {
  readonly problems: readonly string[]
  readonly notes: readonly string[]
  /** When the signature was there: without anchors nobody vouches for a time stamp. */
  readonly at: Date
}

/** Why the signer is not trusted. A time stamp counts when it is intact and its own signer is trusted; a signer who is trusted now needs none. */
async function judge(certificate: Certificate, { certificates }: SignedMessage, timeStamp: TimeStampCheck | undefined, { anchors, now }: TrustOptions): Promise<Judgement> {
  if (anchors === undefined) return { problems: [], notes: [], at: timeStamp !== undefined && timeStamp.problems.length === 0 ? timeStamp.time ?? now : now }
  const unstamped: string[] = []
  let at = now
  if (timeStamp !== undefined) {
    const { certificate: stamper } = timeStamp.signer
    const { time } = timeStamp
    const problem = timeStamp.problems[0] ?? (stamper === undefined || time === undefined ? 'its signer is not known'
      : await distrust(stamper, timeStamp.certificates, anchors, time, purposes.timeStamping))
    if (problem === undefined) at = time!
    else unstamped.push(`the time stamp does not count: ${problem}`)
  }
  const problem = await distrust(certificate, certificates, anchors, at, purposes.codeSigning)
  return problem === undefined ? { problems: [], notes: unstamped, at } : { problems: [...unstamped, `the signer is not trusted: ${problem}`], notes: [], at }
}

/** By the lists of the signature and those that were named. */
function revocationOf(certificate: Certificate, { certificates, data }: SignedMessage, signed: Date, { anchors = [], revocationLists = [], now }: TrustOptions): Promise<RevocationFacts> {
  const embedded = (data.crls ?? []).filter((one): one is CertificateRevocationList => one instanceof CertificateRevocationList)
  return checkRevocation(certificate, [...certificates, ...anchors], [...revocationLists, ...embedded], signed, now)
}

async function signerFacts(certificate: Certificate, certificates: readonly Certificate[]): Promise<SignerFacts> {
  const chain = await buildChain(certificate, certificates)
  return { ...certificateFacts(certificate), issuers: chain.certificates.slice(1).map(certificateFacts), chainComplete: chain.complete }
}

async function timeStampFacts({ kind, time, signer, certificates, problems }: TimeStampCheck): Promise<TimeStampFacts> {
  return { kind, time: time?.toISOString() ?? '', problems, signer: signer.certificate === undefined ? null : await signerFacts(signer.certificate, certificates) }
}

async function nestedReports(signer: SignerInfo, computeDigest: (name: DigestName) => Uint8Array, trust: TrustOptions, depth: number): Promise<AuthenticodeReport[]> {
  const values = depth >= mostNested ? [] : signer.unsignedAttrs?.attributes.find(({ type }) => type === nestedSignature)?.values.slice(0, mostNested) ?? []
  const reports: AuthenticodeReport[] = []
  for (const value of values) {
    reports.push(await verifyMessage(readSignedMessage((value as unknown as Asn1Node).valueBeforeDecodeView), computeDigest, trust, depth + 1))
  }
  return reports
}

function tagged(nodes: readonly Asn1Node[], tag: number): Asn1Node | undefined {
  return nodes.find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === tag)
}

/** SpcSpOpusInfo: [0] program name, [1] a link to more about it. */
function programOf(info: Asn1Node | undefined): { name: string; url: string } {
  const parts = childrenOf(info)
  const name = childrenOf(tagged(parts, 0))[0]
  const url = tagged(childrenOf(tagged(parts, 1)), 0)
  return { name: name === undefined ? '' : textOf(name, name.idBlock.tagNumber === 0), url: url === undefined ? '' : textOf(url, false) }
}

function textOf(node: Asn1Node, isWide: boolean): string {
  const bytes = valueOctets(node)
  // Some tools put UTF-8 where the structure has room for ASCII only.
  if (!isWide) return new TextDecoder().decode(bytes)
  return decodeUtf16(Uint8Array.from(bytes, (_, at) => bytes[at ^ 1] ?? 0))
}
