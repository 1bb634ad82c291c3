// From a signer's certificate up to the one that issued itself, and whether that path ends in a trusted one.
// RFC 5280 §6, by pkijs. Revocation is in revocation.ts.
import { CertificateChainValidationEngine, type Certificate } from 'pkijs'
import { isForPurpose } from './certificate.ts'
import { cryptoEngine } from './signed-message.ts'

export const purposes = { codeSigning: '1.3.6.1.5.5.7.3.3', timeStamping: '1.3.6.1.5.5.7.3.8' } as const

const longestChain = 16

export interface Chain {
  /** The signer's first. Each is signed by the next. */
  readonly certificates: readonly Certificate[]
  /** The last one issued itself. */
  readonly complete: boolean
}

/** As far as the certificates that came with the signature lead. */
export async function buildChain(leaf: Certificate, certificates: readonly Certificate[]): Promise<Chain> {
  const chain = [leaf]
  for (let last = leaf; chain.length < longestChain && !isSelfIssued(last); last = chain.at(-1)!) {
    const issuer = await findIssuer(last, certificates.filter((one) => !chain.includes(one)))
    if (issuer === undefined) return { certificates: chain, complete: false }
    chain.push(issuer)
  }
  return { certificates: chain, complete: isSelfIssued(chain.at(-1)!) }
}

function isSelfIssued({ subject, issuer }: Certificate): boolean {
  return subject.isEqual(issuer)
}

async function findIssuer(certificate: Certificate, candidates: readonly Certificate[]): Promise<Certificate | undefined> {
  for (const candidate of candidates) {
    if (!candidate.subject.isEqual(certificate.issuer)) continue
    // One whose algorithm is not known here has not been shown to be the issuer.
    if (await certificate.verify(candidate, cryptoEngine()).catch(() => false)) return candidate
  }
  return undefined
}

/**
 * Why a certificate is not trusted; `undefined` when it is.
 * @param at Every certificate of the path must be valid at this time.
 */
export async function distrust(leaf: Certificate, certificates: readonly Certificate[], anchors: readonly Certificate[], at: Date, purpose: string): Promise<string | undefined> {
  if (!isForPurpose(leaf, purpose)) return 'the certificate is not for this purpose'
  const others = certificates.filter((one) => one !== leaf && !isSelfIssued(one))
  const validation = new CertificateChainValidationEngine({ trustedCerts: [...anchors], certs: [...others, leaf], checkDate: at })
  try {
    const { result, resultMessage } = await validation.verify({}, cryptoEngine())
    return result ? undefined : resultMessage || 'no path to a trusted certificate'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
