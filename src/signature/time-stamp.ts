// Time stamps of a signature: by RFC 3161, or as PKCS#9 countersignatures of older days. Both stand among the unsigned
// attributes and vouch for the time at which the signature existed.
import { ContentInfo, SignerInfo, TSTInfo, type Certificate } from 'pkijs'
import { equalBytes } from '../base/index.ts'
import { digestName, digestOf } from './digest.ts'
import { attributeValue, checkSigner, signedMessage, type Asn1Node, type SignerCheck } from './signed-message.ts'

const counterSignature = '1.2.840.113549.1.9.6'
const rfc3161 = ['1.3.6.1.4.1.311.3.3.1', '1.2.840.113549.1.9.16.2.14']
const tstInfoType = '1.2.840.113549.1.9.16.1.4'

export interface TimeStampCheck {
  readonly kind: 'RFC 3161' | 'countersignature'
  readonly time: Date | undefined
  readonly signer: SignerCheck
  readonly certificates: readonly Certificate[]
  readonly problems: readonly string[]
}

/** @param certificates Those of the signature: countersignatures bring none of their own. */
export async function checkTimeStamp(signer: SignerInfo, certificates: readonly Certificate[]): Promise<TimeStampCheck | undefined> {
  const attributes = signer.unsignedAttrs?.attributes ?? []
  const signature = Uint8Array.from(signer.signature.valueBlock.valueHexView)
  const token = rfc3161.map((type) => attributeValue(attributes, type)).find((one) => one !== undefined)
  if (token !== undefined) return checkToken(token, signature, certificates)
  const legacy = attributeValue(attributes, counterSignature)
  if (legacy === undefined) return undefined
  const counter = new SignerInfo({ schema: legacy as never })
  const check = await checkSigner(counter, signature, undefined, certificates)
  const problems = [...check.problems, ...(check.signingTime === undefined ? ['it names no time'] : [])]
  return { kind: 'countersignature', time: check.signingTime, signer: check, certificates, problems }
}

async function checkToken(token: Asn1Node, signature: Uint8Array, others: readonly Certificate[]): Promise<TimeStampCheck> {
  const message = signedMessage(new ContentInfo({ schema: token as never }).content as unknown as object)
  const certificates = [...message.certificates, ...others]
  const info = TSTInfo.fromBER(Uint8Array.from(message.content))
  const problems = message.contentType === tstInfoType ? [] : [`its content is of type ${message.contentType}`]
  const { hashAlgorithm, hashedMessage } = info.messageImprint
  const digest = digestName(hashAlgorithm.algorithmId)
  if (digest === undefined) problems.push(`its digest algorithm ${hashAlgorithm.algorithmId} is not known`)
  else if (!equalBytes(hashedMessage.valueBlock.valueHexView, digestOf(digest, signature))) problems.push('it is for another signature')
  const signer = message.data.signerInfos[0]
  if (signer === undefined) problems.push('nobody signed it')
  const check = signer === undefined ? { certificate: undefined, digest, signingTime: undefined, problems: [] } : await checkSigner(signer, message.content, tstInfoType, certificates)
  return { kind: 'RFC 3161', time: info.genTime, signer: check, certificates, problems: [...problems, ...check.problems] }
}

