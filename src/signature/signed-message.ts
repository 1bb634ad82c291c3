// A signed message of PKCS#7 or CMS (RFC 5652) and the check of one signer: the digest of the content stands in the signed
// attributes, and the signature is over those. Trust is not decided here.
import * as asn1 from 'asn1js'
import { Certificate, ContentInfo, CryptoEngine, IssuerAndSerialNumber, SignedData, type Attribute, type SignerInfo } from 'pkijs'
import { equalBytes, FormatError, WindowsError } from '../base/index.ts'
import { digestName, digestOf, webName, type DigestName } from './digest.ts'
import { isRsaSignature } from './rsa-signature.ts'

/** The part of an ASN.1 value that is read here. */
export interface Asn1Node {
  readonly idBlock: { readonly tagClass: number; readonly tagNumber: number }
  readonly valueBlock: { readonly value?: unknown; readonly valueHexView?: Uint8Array }
  readonly valueBeforeDecodeView: Uint8Array
}

export interface SignedMessage {
  readonly data: SignedData
  readonly contentType: string
  /** The octets that are digested: the content's value, without its tag and length. */
  readonly content: Uint8Array
  readonly certificates: readonly Certificate[]
}

const signedDataType = '1.2.840.113549.1.7.2'
const attributeIds = { contentType: '1.2.840.113549.1.9.3', messageDigest: '1.2.840.113549.1.9.4', signingTime: '1.2.840.113549.1.9.5' } as const

/** @throws FormatError when the bytes are no signed message. */
export function readSignedMessage(bytes: Uint8Array): SignedMessage {
  return parsing('signature', () => {
    const info = ContentInfo.fromBER(Uint8Array.from(bytes))
    if (info.contentType !== signedDataType) throw new Error(`content of type ${info.contentType}`)
    return signedMessage(info.content as unknown as object)
  })
}

/** @param schema The SignedData of a ContentInfo. */
export function signedMessage(schema: object): SignedMessage {
  return parsing('signature', () => {
    const data = new SignedData({ schema: schema as never })
    const { eContent, eContentType } = data.encapContentInfo
    if (eContent === undefined) throw new Error('no content')
    return {
      data, contentType: eContentType, content: contentOctets(eContent as unknown as Asn1Node),
      certificates: (data.certificates ?? []).filter((one): one is Certificate => one instanceof Certificate),
    }
  })
}

/** Whatever a parser throws at malformed bytes is one kind of error. */
export function parsing<T>(structure: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof WindowsError) throw error
    throw new FormatError({ structure, expected: 'a PKCS#7 signed message', found: error instanceof Error ? error.message : String(error) }, 'ERROR_INVALID_DATA', { cause: error })
  }
}

function contentOctets(content: Asn1Node): Uint8Array {
  const isOctets = content.idBlock.tagClass === 1 && content.idBlock.tagNumber === 4
  return isOctets ? new Uint8Array((content as unknown as asn1.OctetString).getValue()) : valueOctets(content)
}

/** Without tag and length. */
export function valueOctets({ valueBeforeDecodeView: bytes }: Asn1Node): Uint8Array {
  const length = bytes[1]!
  return bytes.subarray(length < 0x80 ? 2 : 2 + (length & 0x7f))
}

export interface SignerCheck {
  readonly certificate: Certificate | undefined
  readonly digest: DigestName | undefined
  /** What the signed attributes call the time of signing; nobody vouches for it. */
  readonly signingTime: Date | undefined
  /** Why the signature is not valid; empty when it is. */
  readonly problems: readonly string[]
}

/**
 * Whether a signature is right for its certificate and content.
 * @param content The octets that were signed.
 * @param contentType What the signed attributes must name; a countersignature need not name any.
 */
export async function checkSigner(signer: SignerInfo, content: Uint8Array, contentType: string | undefined, certificates: readonly Certificate[]): Promise<SignerCheck> {
  const problems: string[] = []
  const certificate = certificates.find((one) => isCertificateOf(signer, one))
  const digest = digestName(signer.digestAlgorithm.algorithmId)
  const attributes = signer.signedAttrs?.attributes ?? []
  if (signer.signedAttrs !== undefined) {
    const type = attributeValue(attributes, attributeIds.contentType)
    if (contentType !== undefined && oidOf(type) !== contentType) problems.push(`the signed attributes are for content of type ${oidOf(type) || 'none'}, not ${contentType}`)
    const stored = attributeValue(attributes, attributeIds.messageDigest)?.valueBlock.valueHexView
    if (stored === undefined) problems.push('the signed attributes have no digest of the content')
    else if (digest !== undefined && !equalBytes(stored, digestOf(digest, content))) problems.push('the digest in the signed attributes is not that of the signed content')
  }
  if (certificate === undefined) problems.push('the certificate of the signer is missing')
  if (digest === undefined) problems.push(`the digest algorithm ${signer.digestAlgorithm.algorithmId} is not known`)
  if (certificate !== undefined && digest !== undefined) {
    const signed = signer.signedAttrs === undefined ? content : new Uint8Array(signer.signedAttrs.encodedValue)
    const problem = await checkSignature(signer, signed, certificate, digest)
    if (problem !== undefined) problems.push(problem)
  }
  const time = attributeValue(attributes, attributeIds.signingTime)
  return { certificate, digest, problems, signingTime: time instanceof asn1.UTCTime || time instanceof asn1.GeneralizedTime ? time.toDate() : undefined }
}

async function checkSignature(signer: SignerInfo, signed: Uint8Array, certificate: Certificate, digest: DigestName): Promise<string | undefined> {
  const engine = cryptoEngine()
  const algorithm = engine.getHashAlgorithm(signer.signatureAlgorithm) || webName(digest)
  let problem = "the signature was not made with the key of the signer's certificate, or what it signs was changed"
  try {
    if (algorithm !== undefined && await engine.verifyWithPublicKey(Uint8Array.from(signed), signer.signature, certificate.subjectPublicKeyInfo, signer.signatureAlgorithm, algorithm)) return undefined
  } catch (error) {
    problem = `the signature cannot be checked: ${error instanceof Error ? error.message : String(error)}`
  }
  const isOwnForm = signer.signatureAlgorithm.algorithmId === rsaEncryption || digest === 'md5'
  return isOwnForm && isRsaSignature(certificate, digest, signed, signer.signature.valueBlock.valueHexView) ? undefined : problem
}

const rsaEncryption = '1.2.840.113549.1.1.1'

/** One of its own for each use: nothing is shared with other users of the library. */
export function cryptoEngine(): CryptoEngine {
  const { crypto } = globalThis as unknown as { crypto: ConstructorParameters<typeof CryptoEngine>[0]['crypto'] }
  return new CryptoEngine({ name: 'web', crypto })
}

function isCertificateOf({ sid }: SignerInfo, certificate: Certificate): boolean {
  if (sid instanceof IssuerAndSerialNumber) {
    return certificate.issuer.isEqual(sid.issuer) && certificate.serialNumber.isEqual(sid.serialNumber as never)
  }
  const identifier = (sid as unknown as Asn1Node).valueBlock.valueHexView
  const own = certificate.extensions?.find(({ extnID }) => extnID === '2.5.29.14')?.parsedValue as Asn1Node | undefined
  return identifier !== undefined && own?.valueBlock.valueHexView !== undefined && equalBytes(identifier, own.valueBlock.valueHexView)
}

/** The first value of an attribute. */
export function attributeValue(attributes: readonly Attribute[], type: string): Asn1Node | undefined {
  return attributes.find((one) => one.type === type)?.values[0] as unknown as Asn1Node | undefined
}

export function oidOf(node: Asn1Node | undefined): string {
  return node instanceof asn1.ObjectIdentifier ? node.valueBlock.toString() : ''
}

export function childrenOf(node: Asn1Node | undefined): readonly Asn1Node[] {
  return Array.isArray(node?.valueBlock.value) ? node.valueBlock.value as Asn1Node[] : []
}
