// Texts of steps as the bytes that a program with the ANSI functions has: Latin-1, and what `ansiHex` gave in code page 1252.
import { codePage } from 'msikit/base'

const questionMark = 0x3f

export function ansiBytes(text: string): Uint8Array {
  const western = codePage(1252)
  return Uint8Array.from([...text].flatMap((one) => one.charCodeAt(0) <= 0xff ? [one.charCodeAt(0)] : [...western.encode(one) ?? [questionMark]]))
}
