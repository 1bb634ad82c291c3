// REINSTALLMODE: which files are written again, and what else. https://learn.microsoft.com/windows/win32/msi/reinstallmode
import { InstallError } from '../messages/install-error.ts'

export const defaultReinstallMode = 'omus'

/** The letters in lower case. @throws InstallError 2734 for a letter that does not exist. */
export function parseReinstallMode(text: string): string {
  const mode = (text === '' ? defaultReinstallMode : text).toLowerCase()
  if (/[^poedcaumsv]/.test(mode)) throw new InstallError(2734, [text])
  return mode
}

export type FileMode = 'missing' | 'checksum' | 'older' | 'older-or-equal' | 'different' | 'all'

/**
 * When several letters for files are given, the one that writes most counts; `c` counts beside the others, see
 * {@link repairsCorruptFiles}. Without any, files are left alone unless missing.
 */
export function fileMode(mode: string): FileMode {
  if (mode.includes('a')) return 'all'
  if (mode.includes('d')) return 'different'
  if (mode.includes('e')) return 'older-or-equal'
  if (mode.includes('o')) return 'older'
  return mode.includes('c') ? 'checksum' : 'missing'
}

/** Files whose own checksum is wrong are written again. */
export function repairsCorruptFiles(mode: string): boolean {
  return mode.includes('c')
}

/** What is there already is written again when its letter is given: `u` users' and `m` the machine's registration, `s` shortcuts. */
export function rewrites(mode: string, letter: 'u' | 'm' | 's', isInstalled: boolean): boolean {
  return !isInstalled || mode.includes(letter)
}
