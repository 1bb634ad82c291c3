// Files that a Signature row describes: by name, version, size, dates and languages.
// https://learn.microsoft.com/windows/win32/msi/signature-table
import { compareFileVersions, joinPath, parseFileVersion, unixMsFromDosTime, WindowsError, type FileVersion } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import type { FileStat, Platform } from '../../platform/index.ts'
import { versionOnDisk } from '../session/files/file-states.ts'
import { parseLanguages } from '../session/files/file-versioning.ts'
import { matchesWildcard, pickName } from './names.ts'

export interface FileSignature {
  /** May have wildcards. */
  readonly name: string
  readonly minVersion: FileVersion | undefined
  readonly maxVersion: FileVersion | undefined
  readonly minSize: number | null
  readonly maxSize: number | null
  /** Milliseconds since 1970-01-01 UTC. */
  readonly minDate: number | null
  readonly maxDate: number | null
  readonly languages: readonly number[]
}

/** Folders visited by one search at most. */
const maximumFolders = 100_000

export function readSignature(row: Row): FileSignature {
  const date = (column: string): number | null => {
    const value = row.integer(column)
    return value === null ? null : unixMsFromDosTime((value >>> 16) & 0xffff, value & 0xffff)
  }
  return {
    name: pickName(row.text('FileName'), false), minVersion: parseFileVersion(row.text('MinVersion')), maxVersion: parseFileVersion(row.text('MaxVersion')),
    minSize: row.integer('MinSize'), maxSize: row.integer('MaxSize'), minDate: date('MinDate'), maxDate: date('MaxDate'), languages: parseLanguages(row.text('Languages')),
  }
}

/** Full path of the first match in the folder or, level by level, below it. */
export function findFile(platform: Platform, folder: string, signature: FileSignature, depth: number): string | undefined {
  let level = [folder]
  let visited = 0
  for (let at = 0; at <= depth && level.length > 0; at++) {
    const below: string[] = []
    for (const one of level) {
      if (++visited > maximumFolders) return undefined
      for (const name of namesIn(platform, one)) {
        const path = joinPath(one, name)
        const stat = platform.files.stat(path)
        if (stat?.kind === 'directory') below.push(path)
        else if (stat !== undefined && matchesWildcard(name, signature.name) && fitsSignature(platform, path, stat, signature)) return path
      }
    }
    level = below
  }
  return undefined
}

function namesIn(platform: Platform, folder: string): readonly string[] {
  try {
    return platform.files.stat(folder)?.kind === 'directory' ? platform.files.list(folder) : []
  } catch (error) {
    // A folder that may not be read holds nothing that could be found.
    if (error instanceof WindowsError) return []
    throw error
  }
}

/** Whether a file is of the signature's versions, sizes, dates and languages, whatever its name. */
export function fitsSignature(platform: Platform, path: string, stat: FileStat, signature: FileSignature): boolean {
  const { minSize, maxSize, minDate, maxDate } = signature
  if ((minSize !== null && stat.size < minSize) || (maxSize !== null && stat.size > maxSize)) return false
  if ((minDate !== null && stat.modifiedMs < minDate) || (maxDate !== null && stat.createdMs > maxDate)) return false
  const { minVersion, maxVersion, languages } = signature
  if (minVersion === undefined && maxVersion === undefined && languages.length === 0) return true
  const info = versionOnDisk(platform, path)
  if (info === undefined) return false
  if (minVersion !== undefined && compareFileVersions(info.version, minVersion) < 0) return false
  if (maxVersion !== undefined && compareFileVersions(info.version, maxVersion) > 0) return false
  return languages.every((language) => info.languages.includes(language))
}
