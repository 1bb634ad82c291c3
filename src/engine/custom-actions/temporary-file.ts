// Temporary files of custom actions, in the user's temporary folder of the root. Folders that had to be made for one go
// with it: a root that is rolled back must be what it was.
import { parentPath, WindowsError, type ByteSink } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'

export interface TemporaryFile extends Disposable {
  readonly path: string
}

export function createTemporaryFile(platform: Platform, folder: string, choosePath: () => string, write: (sink: ByteSink) => void): TemporaryFile {
  const made = createFolders(platform, folder)
  const path = choosePath()
  const file: TemporaryFile = {
    path,
    [Symbol.dispose]: () => {
      quietly(() => { platform.files.removeFile(path) })
      for (const one of made.toReversed()) quietly(() => { platform.files.removeDirectory(one) })
    },
  }
  try {
    const writer = platform.files.create(path)
    try {
      write(writer)
    } finally {
      writer.close()
    }
    return file
  } catch (error) {
    file[Symbol.dispose]()
    throw error
  }
}

/** The folders that were missing, outermost first. */
function createFolders(platform: Platform, folder: string): string[] {
  if (platform.files.stat(folder) !== undefined) return []
  const parent = parentPath(folder)
  const made = parent === undefined ? [] : createFolders(platform, parent)
  platform.files.createDirectory(folder)
  return [...made, folder]
}

/** What is gone already, still held, or no longer empty is no reason to fail. */
function quietly(remove: () => void): void {
  try {
    remove()
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
  }
}
