// REINSTALLMODE: which files are written again, and what else. https://learn.microsoft.com/windows/win32/msi/reinstallmode
import { InstallError } from './install-error.ts'

export const defaultReinstallMode = 'omus'

/** The letters in lower case. @throws InstallError 2734 for a letter that does not exist. */
export function parseReinstallMode(text: string): string {
  const mode = (text === '' ? defaultReinstallMode : text).toLowerCase()
  if (/[^poedcaumsv]/.test(mode)) throw new InstallError(2734, [text])
  return mode
}

export type FileMode = 'missing' | 'older' | 'older-or-equal' | 'different' | 'checksum' | 'all'

/** When several letters for files are given, the one that writes most counts. Without any, files are left alone unless missing. */
export function fileMode(mode: string): FileMode {
  if (mode.includes('a')) return 'all'
  if (mode.includes('c')) return 'checksum'
  if (mode.includes('d')) return 'different'
  if (mode.includes('e')) return 'older-or-equal'
  if (mode.includes('o')) return 'older'
  return 'missing'
}
