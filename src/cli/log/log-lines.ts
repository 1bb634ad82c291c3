// The lines of an installer's log, msiexec's or msikit's. msiexec writes UTF-16, editors and services save it again as UTF-8 or in
// an ANSI code page, and reports on the web wrap it in HTML breaks; a log of several installations holds several parts.
// https://learn.microsoft.com/windows/win32/msi/windows-installer-logging
import { codePage, WindowsError } from '../../base/index.ts'

export interface LogLine {
  /** From 1. */
  readonly number: number
  /** Without `MSI (s) (A8:40) [10:00:00:123]: `. */
  readonly text: string
  /** Who wrote it: the client, the server, a custom action server (`n`, `N`), or nobody that the line names. */
  readonly by: 'client' | 'server' | 'custom action' | undefined
  /** `10:00:00`, when the line says. */
  readonly time: string | undefined
}

const prefix = /^MSI \(([a-zA-Z])\) \([0-9A-Fa-f!]+:[0-9A-Fa-f]+\) ?\[(\d{1,2}:\d{2}:\d{2})[:.]\d+\]: ?/

/**
 * @param ansi code page of a log that is neither UTF-16 nor UTF-8.
 * @throws WindowsError ERROR_INVALID_DATA for bytes that are no text.
 */
export function readLogLines(bytes: Uint8Array, path: string, ansi = 1252): LogLine[] {
  const text = decodeLog(bytes, ansi)
  if (text.includes('\0')) throw new WindowsError('ERROR_INVALID_DATA', `${path}: expected the text of a log, found binary data`)
  return text.split(/\r?\n|<br ?\/?>/).map((line, index) => logLine(line.trimEnd(), index + 1))
}

function logLine(line: string, number: number): LogLine {
  const found = prefix.exec(line)
  if (found === null) return { number, text: line, by: undefined, time: /^(?:Action (?:start|ended) |Action )(\d{1,2}[:.]\d{2}[:.]\d{2})/.exec(line)?.[1] }
  const letter = found[1]!.toLowerCase()
  return { number, text: line.slice(found[0].length), by: letter === 's' ? 'server' : letter === 'c' ? 'client' : 'custom action', time: found[2] }
}

function decodeLog(bytes: Uint8Array, ansi: number): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  // A piece cut out of a log has no mark, but every second byte of its ASCII is zero.
  if (bytes.length >= 4 && bytes[1] === 0 && bytes[3] === 0) return new TextDecoder('utf-16le').decode(bytes.subarray(0, bytes.length & ~1))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return codePage(ansi).decode(bytes)
  }
}
