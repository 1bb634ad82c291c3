// The 8-bit text of shell links. It is in the code page of the machine that wrote it, which the file does not name:
// we take 1252, and Unicode wherever the format has it too.
import { codePage } from '../base/index.ts'

/** Without a terminator; what the code page lacks becomes a question mark. */
export function ansiText(text: string): Uint8Array {
  const page = codePage(1252)
  return page.encode(text) ?? page.encode(Array.from(text, (one) => page.encode(one) === undefined ? '?' : one).join(''))!
}

export function textFromAnsi(bytes: Uint8Array): string {
  return codePage(1252).decode(bytes)
}

/** Up to the first NUL, or to the end. */
export function nullTerminated(bytes: Uint8Array, offset: number): string {
  if (offset >= bytes.length) return ''
  const end = bytes.indexOf(0, offset)
  return textFromAnsi(bytes.subarray(offset, end < 0 ? bytes.length : end))
}
