// Full Windows paths taken apart, with the rules of names that every implementation of the FileSystem port obeys.
// What Win32 would clean away (`.`, trailing dots and spaces) is cleaned away; what would climb (`..`), open a device
// (`NUL`, `COM1.txt`), name a stream (`a:b`) or cannot be a name is refused with ERROR_INVALID_NAME.
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
import { WindowsError } from '../base/index.ts'

export interface FullPath {
  /** Upper case, such as `C:`. */
  readonly drive: string
  readonly segments: readonly string[]
}

/** Longest name of one file or directory, in UTF-16 units. */
export const longestName = 255

const deviceName = /^(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[1-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i
const forbidden = /[\u0000-\u001f<>:"|?*]/

/**
 * Takes a full path apart.
 * @throws WindowsError ERROR_INVALID_NAME
 */
export function parseFullPath(path: string): FullPath {
  const rest = path.charCodeAt(1) === 0x3a ? path.slice(2) : ''
  const letter = path.charCodeAt(0) & ~0x20
  if (letter < 0x41 || letter > 0x5a || (rest[0] !== '\\' && rest[0] !== '/')) {
    throw invalidName(path, 'expected a full path such as C:\\folder\\name')
  }
  const segments: string[] = []
  for (const segment of rest.split(/[\\/]/)) {
    if (segment === '' || segment === '.') continue
    segments.push(cleanName(path, segment))
  }
  return { drive: `${String.fromCharCode(letter)}:`, segments }
}

/** Why Windows would not have a file of this name; `undefined` when it would. Trailing dots and spaces are not looked at. */
export function nameProblem(name: string): string | undefined {
  if (forbidden.test(name)) return 'contains a character that no name may have'
  if (deviceName.test(name)) return 'is the name of a device'
  if (name.length > longestName) return `has ${name.length} characters; ${longestName} are the most`
  return undefined
}

function cleanName(path: string, segment: string): string {
  const last = segment.charCodeAt(segment.length - 1)
  const name = last === 0x2e || last === 0x20 ? segment.replace(/[. ]+$/, '') : segment
  if (name === '') throw invalidName(path, `the segment "${segment}" leads elsewhere`)
  const problem = nameProblem(name)
  if (problem !== undefined) throw invalidName(path, `the name "${printable(name)}" ${problem}`)
  return name
}

function invalidName(path: string, why: string): WindowsError {
  return new WindowsError('ERROR_INVALID_NAME', `path "${printable(path)}": ${why}`)
}

function printable(text: string): string {
  const short = text.length > 300 ? `${text.slice(0, 300)}…` : text
  return short.replace(/[\u0000-\u001f]/g, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
