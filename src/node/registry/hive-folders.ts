// The folders of a hive that is made, in a root that has not got them yet. While an installation holds the root, a note
// beside the outermost of them names them before the first is made: taken back, or ended by a kill or a loss of power,
// it leaves none of them behind. Whatever is in one keeps it.
import { joinPath, parentPath } from '../../base/index.ts'
import { createDirectories, readFile, type FileSystem, writeFile } from '../../platform/index.ts'

const ending = '.msikit-made'

/** @param noted whether somebody will call {@link removeHiveFolders} */
export function makeHiveFolders(files: FileSystem, folder: string, noted: boolean): void {
  const missing = foldersTo(folder).filter((at) => files.stat(at) === undefined)
  if (missing.length === 0) return
  const above = parentPath(missing[0]!)!
  if (noted) {
    writeFile(files, missing[0]! + ending, new TextEncoder().encode(missing.join('\n')), { sync: true })
    files.syncDirectory(above)
  }
  createDirectories(files, folder)
  for (const at of missing) files.syncDirectory(parentPath(at)!)
}

/**
 * Those that were made and are empty go.
 * @param isOver nobody will call it again: the note goes, whatever stays
 */
export function removeHiveFolders(files: FileSystem, folder: string, isOver: boolean): void {
  for (const at of foldersTo(folder)) {
    const note = at + ending
    if (files.stat(note)?.kind !== 'file') continue
    const made = new Set(new TextDecoder().decode(readFile(files, note)).split('\n'))
    const left = foldersTo(folder).toReversed().find((one) => made.has(one) && !isGone(files, one))
    if (left === undefined || isOver) files.removeFile(note)
  }
}

/** Outermost first. */
function foldersTo(folder: string): string[] {
  const above = parentPath(folder)
  return above === undefined ? [] : [...foldersTo(above), joinPath(above, folder.slice(above.length).replace(/^\\/, ''))]
}

function isGone(files: FileSystem, folder: string): boolean {
  const stat = files.stat(folder)
  if (stat === undefined) return true
  if (stat.kind !== 'directory' || !files.isEmpty(folder)) return false
  files.removeDirectory(folder)
  return true
}
