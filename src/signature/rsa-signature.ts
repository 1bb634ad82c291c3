// RSA signatures with PKCS#1 v1.5 padding that the Web Cryptography API refuses: with MD5, and those of older time stamp
// services over the bare digest, without the identifier of its algorithm, which Windows accepts. RFC 8017 §8.2.2.
// Public keys only: nothing here is secret, so nothing need take constant time.
import { RSAPublicKey, type Certificate } from 'pkijs'
import { concatBytes, equalBytes } from '../base/index.ts'
import { digestOf, type DigestName } from './digest.ts'

const rsaEncryption = '1.2.840.113549.1.1.1'
/** Limits of the time that a hostile key can cost. */
const mostModulusBytes = 1024
const largestExponent = 1n << 64n
/** What stands before an MD5 digest: DigestInfo without its last part. */
const md5Prefix = Uint8Array.of(0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05, 0x05, 0x00, 0x04, 0x10)

export function isRsaSignature(certificate: Certificate, digest: DigestName, signed: Uint8Array, signature: Uint8Array): boolean {
  const { algorithm, parsedKey } = certificate.subjectPublicKeyInfo
  if (algorithm.algorithmId !== rsaEncryption || !(parsedKey instanceof RSAPublicKey)) return false
  const modulusBytes = withoutZeros(parsedKey.modulus.valueBlock.valueHexView)
  const exponent = toBigInt(parsedKey.publicExponent.valueBlock.valueHexView)
  if (modulusBytes.length > mostModulusBytes || signature.length !== modulusBytes.length || exponent > largestExponent) return false
  const modulus = toBigInt(modulusBytes)
  const value = toBigInt(signature)
  if (modulus < 3n || value >= modulus) return false
  const encoded = toBytes(power(value, exponent, modulus), modulusBytes.length)
  const plain = digestOf(digest, signed)
  return [plain, ...(digest === 'md5' ? [concatBytes([md5Prefix, plain])] : [])].some((one) => equalBytes(encoded, padded(one, encoded.length)))
}

/** EMSA-PKCS1-v1_5. */
function padded(content: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(0xff)
  bytes[0] = 0
  bytes[1] = 1
  const start = length - content.length
  if (start < 11) return new Uint8Array()
  bytes[start - 1] = 0
  bytes.set(content, start)
  return bytes
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base % modulus, left = exponent; left > 0n; left >>= 1n, square = square * square % modulus) {
    if ((left & 1n) === 1n) result = result * square % modulus
  }
  return result
}

function withoutZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first < 0 ? new Uint8Array() : bytes.subarray(first)
}

function toBigInt(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = value << 8n | BigInt(byte)
  return value
}

function toBytes(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = length - 1, left = value; at >= 0; at--, left >>= 8n) bytes[at] = Number(left & 0xffn)
  return bytes
}
