// Certificates as people read them, and as PEM files hold them. RFC 5280, RFC 4514, RFC 7468.
import { Certificate, ExtKeyUsage, type RelativeDistinguishedNames } from 'pkijs'
import { bytesToHex, WindowsError } from '../base/index.ts'
import { digestOf } from './digest.ts'
import { readEncoded } from './pem.ts'

export interface CertificateFacts {
  /** As RFC 4514 writes names: the most specific part first. */
  readonly subject: string
  readonly issuer: string
  /** Hexadecimal digits. */
  readonly serialNumber: string
  /** ISO 8601, UTC. */
  readonly notBefore: string
  readonly notAfter: string
  /** SHA-1 digest of the certificate, by which Windows names it. */
  readonly thumbprint: string
}

const attributeNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST', '2.5.4.9': 'STREET', '2.5.4.10': 'O', '2.5.4.11': 'OU', '2.5.4.5': 'serialNumber',
  '2.5.4.17': 'postalCode', '2.5.4.15': 'businessCategory', '2.5.4.97': 'organizationIdentifier', '1.2.840.113549.1.9.1': 'emailAddress', '0.9.2342.19200300.100.1.25': 'DC',
  '0.9.2342.19200300.100.1.1': 'UID', '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL', '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST', '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
}

export function certificateFacts(certificate: Certificate): CertificateFacts {
  return {
    subject: nameText(certificate.subject), issuer: nameText(certificate.issuer),
    serialNumber: bytesToHex(certificate.serialNumber.valueBlock.valueHexView).toUpperCase(),
    notBefore: certificate.notBefore.value.toISOString(), notAfter: certificate.notAfter.value.toISOString(),
    thumbprint: bytesToHex(digestOf('sha1', encodedCertificate(certificate))).toUpperCase(),
  }
}

/** DER. */
export function encodedCertificate(certificate: Certificate): Uint8Array {
  return new Uint8Array(certificate.toSchema().toBER(false))
}

function nameText(name: RelativeDistinguishedNames): string {
  return name.typesAndValues.toReversed().map(({ type, value }) => {
    const text = String((value.valueBlock as { value?: unknown }).value ?? '')
    return `${attributeNames[type] ?? type}=${text.replace(/[,+"\\<>;]|^[ #]| $/g, '\\$&')}`
  }).join(', ')
}

const extendedKeyUsage = '2.5.29.37'

/** Whether the certificate may be used for a purpose: none is named, or this one is. */
export function isForPurpose(certificate: Certificate, purpose: string): boolean {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === extendedKeyUsage)?.parsedValue as unknown
  return !(usage instanceof ExtKeyUsage) || usage.keyPurposes.includes(purpose)
}

/**
 * The certificates of a PEM file, or the one of a DER file.
 * @throws WindowsError ERROR_INVALID_DATA when there is none or one cannot be read.
 */
export function readCertificates(bytes: Uint8Array): Certificate[] {
  const encoded = readEncoded(bytes, '(?:TRUSTED |X509 )?CERTIFICATE', 'certificates')
  return encoded.map((one, index) => {
    try {
      return Certificate.fromBER(Uint8Array.from(one))
    } catch (error) {
      throw new WindowsError('ERROR_INVALID_DATA', `certificate ${index + 1}: expected an X.509 certificate, found: ${String(error)}`, { cause: error })
    }
  })
}
