// Temporary files of custom actions, in the user's temporary folder of the root. Folders that had to be made for one go
// with it: a root that is rolled back, or whose installation was killed, must be what it was.
import { parentPath, type ByteSink } from '../../base/index.ts'
import { createDirectories, type FileSystem, type Platform } from '../../platform/index.ts'
import { noteTemporary } from '../script/temporary-notes.ts'

export interface TemporaryFile extends Disposable {
  readonly path: string
}

export function createTemporaryFile(platform: Platform, folder: string, choosePath: () => string, write: (sink: ByteSink) => void): TemporaryFile {
  const { files } = platform
  const path = choosePath()
  const note = noteTemporary(platform, { file: path, folders: missingFolders(files, folder) })
  try {
    createDirectories(files, folder)
    const writer = files.create(path)
    try {
      write(writer)
    } finally {
      writer.close()
    }
    return { path, [Symbol.dispose]: () => { note[Symbol.dispose]() } }
  } catch (error) {
    note[Symbol.dispose]()
    throw error
  }
}

/** Outermost first. */
function missingFolders(files: FileSystem, folder: string): string[] {
  const parent = parentPath(folder)
  if (parent === undefined || files.stat(folder) !== undefined) return []
  return [...missingFolders(files, parent), folder]
}
