// Whether a file of the package replaces the one on disk, and the phrase that the log has for it. Pure: what is on
// disk comes in as data. https://learn.microsoft.com/windows/win32/msi/file-versioning-rules
import { compareFileVersions, type FileVersion } from '../../../base/index.ts'
import type { FileMode } from '../features/reinstall-mode.ts'

export interface AuthoredFile {
  /** `undefined` for an unversioned file. */
  readonly version: FileVersion | undefined
  readonly languages: readonly number[]
  /** MD5 of the MsiFileHash table, hexadecimal lower case. */
  readonly hash: string | undefined
}

export interface ExistingFile {
  readonly version: FileVersion | undefined
  readonly languages: readonly number[]
  readonly modifiedMs: number
  readonly createdMs: number
  /** MD5, hexadecimal lower case; called only when it decides. */
  hash(): string
  /** Whether the checksum that the file itself carries is right, as far as that is asked for. */
  isIntact(): boolean
}

export interface FileDecision {
  readonly copy: boolean
  /** `To be installed` and what follows it in the log. */
  readonly reason: string
}

const install = (why: string): FileDecision => ({ copy: true, reason: `To be installed;  Won't patch;  ${why}` })
const overwrite = (why: string): FileDecision => ({ copy: true, reason: `Overwrite;  Won't patch;  ${why}` })
const keep = (why: string): FileDecision => ({ copy: false, reason: `Won't Overwrite;  Won't patch;  ${why}` })

export function decideFile(authored: AuthoredFile, existing: ExistingFile | undefined, mode: FileMode): FileDecision {
  if (existing === undefined) return install('No existing file')
  if (mode === 'all') return overwrite('REINSTALLMODE specifies all files to be overwritten')
  if (mode === 'missing') return keep('REINSTALLMODE specifies only missing files to be installed')
  if (!existing.isIntact()) return overwrite('Existing file is corrupt (invalid checksum)')
  if (mode === 'checksum') return keep('REINSTALLMODE specifies only missing or corrupt files to be installed')
  if (authored.version !== undefined && existing.version !== undefined) {
    return compareVersioned(authored.version, authored.languages, existing.version, existing.languages, mode)
  }
  if (authored.version !== undefined) return overwrite('Existing file is unversioned, new one is versioned')
  if (existing.version !== undefined) {
    return mode === 'different' ? overwrite('Existing file is versioned, new one is not') : keep('Existing file is versioned, new one is not')
  }
  return compareUnversioned(authored, existing, mode)
}

function compareVersioned(authored: FileVersion, authoredLanguages: readonly number[], existing: FileVersion, existingLanguages: readonly number[], mode: FileMode): FileDecision {
  const order = compareFileVersions(authored, existing)
  if (order > 0) return overwrite('Existing file is a lower version')
  if (order < 0) return mode === 'different' ? overwrite('Existing file is of a different version') : keep('Existing file is of a higher version')
  if (mode === 'older-or-equal') return overwrite('Existing file is of an equal version')
  const have = existingLanguages.filter((language) => language !== 0)
  const adds = authoredLanguages.some((language) => language !== 0 && !have.includes(language))
  return adds ? overwrite('Existing file does not support the languages of the new one') : keep('Existing file is of an equal version')
}

/** A file that was changed after it was made is the user's. */
function compareUnversioned(authored: AuthoredFile, existing: ExistingFile, mode: FileMode): FileDecision {
  if (mode === 'different' && authored.hash !== undefined) {
    return authored.hash === existing.hash() ? keep('Existing file is unversioned - hash matches source file') : overwrite('Existing file is unversioned - hash doesn\'t match source file')
  }
  if (existing.modifiedMs > existing.createdMs) return keep('Existing file is unversioned but modified')
  if (authored.hash === undefined || mode === 'older-or-equal') return overwrite('Existing file is unversioned and unmodified')
  return authored.hash === existing.hash()
    ? keep('Existing file is unversioned and unmodified - hash matches source file')
    : overwrite('Existing file is unversioned and unmodified - hash doesn\'t match source file')
}

/** Languages as the File and Upgrade tables list them: decimal LANGIDs between commas. */
export function parseLanguages(text: string): number[] {
  return text.split(',').map((one) => one.trim()).filter((one) => /^\d+$/.test(one)).map(Number)
}
