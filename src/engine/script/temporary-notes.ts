// What custom actions put into the root for as long as they run, noted in the folder for backups (`<hex>.rbt`) before it is
// made: a process that is killed meanwhile leaves it to the next start to take it away. Folders that hold something else stay.
import { bytesToHex, joinPath, parentPath, WindowsError } from '../../base/index.ts'
import { readFile, writeFile, type FileSystem, type Platform } from '../../platform/index.ts'
import { createBackupFolder, removeBackupFolder } from './backups.ts'
import { journalFolder } from './journal.ts'

export interface TemporaryNote {
  readonly file: string
  /** That are made for it, outermost first. */
  readonly folders: readonly string[]
}

/** Disposed of, it takes away what it names. */
export function noteTemporary(platform: Platform, note: TemporaryNote): Disposable {
  const { files, random } = platform
  const folder = journalFolder(platform)
  const root = parentPath(folder)!
  const times = files.stat(root)
  const isMade = createBackupFolder(files, folder)
  const path = joinPath(folder, `${bytesToHex(random.bytes(4))}.rbt`)
  writeFile(files, path, new TextEncoder().encode(JSON.stringify(note)))
  return {
    [Symbol.dispose]: () => {
      takeAway(files, note)
      quietly(() => { files.removeFile(path) })
      quietly(() => { removeBackupFolder(files, folder) })
      if (isMade && times !== undefined && files.stat(folder) === undefined) quietly(() => { files.setTimes(root, times) })
    },
  }
}

/** @param isOver what was interrupted has been taken back: the notes go, whatever stays of the folders */
export function takeAwayTemporaries(platform: Platform, isOver: boolean): void {
  const { files } = platform
  const folder = journalFolder(platform)
  if (files.stat(folder)?.kind !== 'directory') return
  for (const name of files.list(folder).filter((one) => /^[0-9a-f]+\.rbt$/i.test(one))) {
    const path = joinPath(folder, name)
    const note = parseNote(new TextDecoder().decode(readFile(files, path)))
    // One that is torn was not yet acted upon.
    const isGone = note === undefined || takeAway(files, note)
    if (isGone || isOver) quietly(() => { files.removeFile(path) })
  }
}

function parseNote(text: string): TemporaryNote | undefined {
  try {
    const { file, folders } = JSON.parse(text) as Partial<TemporaryNote>
    const isNote = typeof file === 'string' && Array.isArray(folders) && folders.every((one) => typeof one === 'string')
    return isNote ? { file, folders } : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}

function takeAway(files: FileSystem, { file, folders }: TemporaryNote): boolean {
  quietly(() => { files.removeFile(file, true) })
  for (const folder of folders.toReversed()) quietly(() => { files.removeDirectory(folder) })
  return [file, ...folders].every((path) => files.stat(path) === undefined)
}

/** What is gone already, still held, or no longer empty is no reason to fail. */
function quietly(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
  }
}
