// What PEM files hold, or a DER file is. RFC 7468.
import { WindowsError } from '../base/index.ts'

/**
 * @param label As in `-----BEGIN label-----`; a pattern. @param what for the message
 * @throws WindowsError ERROR_INVALID_DATA when there is nothing of the kind.
 */
export function readEncoded(bytes: Uint8Array, label: string, what: string): Uint8Array[] {
  const text = new TextDecoder('latin1').decode(bytes)
  const blocks = [...text.matchAll(new RegExp(`-----BEGIN ${label}-----([^-]*)-----END`, 'g'))].map((match) => base64(match[1]!))
  if (blocks.length > 0) return blocks
  if (bytes[0] === 0x30) return [bytes]
  throw new WindowsError('ERROR_INVALID_DATA', `expected ${what} in PEM or DER form, found none`)
}

function base64(text: string): Uint8Array {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const digits = [...text].map((one) => alphabet.indexOf(one)).filter((digit) => digit >= 0)
  const bytes = new Uint8Array(Math.floor(digits.length * 6 / 8))
  let bits = 0
  let held = 0
  let at = 0
  for (const digit of digits) {
    bits = (bits << 6 | digit) & 0xffff
    held += 6
    if (held >= 8) bytes[at++] = bits >> (held -= 8) & 0xff
  }
  return bytes
}
