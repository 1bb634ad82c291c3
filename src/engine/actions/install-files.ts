// InstallFiles: copies the files that costing chose, in the order of their cabinets.
// https://learn.microsoft.com/windows/win32/msi/installfiles-action
import { baseName, parentPath, sameName, withTrailingBackslash } from '../../base/index.ts'
import type { FileEntry } from '../session/files/files.ts'
import type { StandardAction } from './action.ts'
import { folderCreator } from './folders.ts'
import { copyIsolatedFiles } from './isolated-files.ts'
import { mediaList } from './media.ts'

export const installFiles: StandardAction = (session) => {
  const media = mediaList(session)
  const createFolder = folderCreator(session)
  const checkCrcs = session.properties.get('MSICHECKCRCS') !== ''
  const files = filesToCopy(session.files.values())
  // Folders first: copies that follow one another are taken from a cabinet in a single pass.
  for (const file of files) createFolder(folderOf(file))
  for (const file of files) {
    const source = media.source(file)
    // In an administrative image that is patched where it stands, most files are there.
    if (source === undefined || (source.kind === 'file' && sameName(source.path, file.targetPath))) continue
    session.emit({
      op: 'FileCopy', source, destination: file.targetPath, size: file.size,
      attributes: file.attributes, version: file.version, language: file.language, vital: file.vital,
      checkCrc: checkCrcs && file.checksum,
    }, { data: { 1: baseName(file.targetPath), 6: file.size, 9: folderOf(file) }, ticks: file.size })
  }
  copyIsolatedFiles(session, media)
}

function folderOf(file: FileEntry): string {
  return withTrailingBackslash(parentPath(file.targetPath)!)
}

function filesToCopy(files: Iterable<FileEntry>): FileEntry[] {
  return [...files].filter((file) => file.disposition === 'copy').sort((a, b) => a.sequence - b.sequence)
}
