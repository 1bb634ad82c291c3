// One file replaced, removed or moved, so that it can be taken back. What stood there is renamed into the backup
// folder, never copied: content, times, attributes and whatever else hangs on it stay as they are.
// docs/design/script.md, "Files"
import { errorCodes, WindowsError, type ByteSink } from '../../base/index.ts'
import { noAttributes, type FileAttributes, type FileSystem } from '../../platform/index.ts'
import { InstallError } from '../session/messages/install-error.ts'
import type { ScriptContext } from './handler.ts'

export interface FileImage {
  readonly path: string
  /** The file that stood there, in its own spelling. */
  readonly previous?: string
  /** What it had, if any: where the host keeps them beside the file, they may be lost when a process or the power ends. */
  readonly attributes?: FileAttributes
  /** Where it goes. */
  readonly backup: string
  /** Where new content waits until it is complete. */
  readonly temporary: string
}

export interface NewFile {
  readonly modifiedMs?: number
  readonly attributes?: FileAttributes
  write(sink: ByteSink): void
}

/** @throws InstallError 1301 when a folder of that name is in the way, 1310 when two files differ in case only */
export function captureFile(path: string, context: ScriptContext): FileImage {
  const { platform: { files }, backups, collisions } = context
  const stat = files.stat(path)
  if (stat?.kind === 'directory') throw new InstallError(1301, [path])
  const spellings = stat === undefined ? undefined : collisions.of(path, files)
  if (spellings !== undefined) {
    context.log(`${path}: expected one file, found ${spellings.join(' and ')}, which Windows cannot tell apart; rename or remove all but one`)
    throw new InstallError(1310, [errorCodes.ERROR_FILE_EXISTS, path])
  }
  if (stat === undefined) return { path, backup: backups.backupFor(path), temporary: backups.temporaryFor(path) }
  const previous = files.spelling(path)
  if (!hasAttributes(stat.attributes)) return { path, previous, backup: backups.backupFor(path), temporary: backups.temporaryFor(path) }
  return { path, previous, attributes: stat.attributes, backup: backups.backupFor(path), temporary: backups.temporaryFor(path) }
}

/** The new content takes the place of the old in one step, once it is complete. */
export function replaceFile(image: FileImage, file: NewFile, context: ScriptContext): void {
  writeTemporary(image, file, context)
  placeTemporary(image, context)
}

export function writeTemporary(image: FileImage, file: NewFile, context: ScriptContext): void {
  const writer = context.platform.files.create(image.temporary)
  try {
    file.write(writer)
    if (file.modifiedMs !== undefined) writer.setTimes({ modifiedMs: file.modifiedMs })
  } finally {
    writer.close()
  }
  setOwnAttributes(image, file.attributes, context)
}

/** A new file has none. */
export function setOwnAttributes(image: FileImage, attributes: FileAttributes | undefined, { platform }: ScriptContext): void {
  if (attributes !== undefined && hasAttributes(attributes)) platform.files.setAttributes(image.temporary, attributes)
}

/**
 * As on Windows the new file has the security of the one it replaces. Where a program holds that one, the new content stays
 * where it is: the commit leaves word that it is renamed when the machine starts again.
 */
export function placeTemporary(image: FileImage, context: ScriptContext): void {
  if (image.previous !== undefined) context.platform.files.copyPermissions(image.previous, image.temporary)
  if (moveAside(image, context)) context.platform.files.rename(image.temporary, image.path)
}

/** Nothing stands at the path afterwards; unless false is answered, and the host does not let the file go while a program uses it. */
export function moveAside(image: FileImage, context: ScriptContext): boolean {
  if (image.previous === undefined) return true
  context.backups.prepare(image.backup)
  try {
    context.platform.files.rename(image.previous, image.backup)
    return true
  } catch (error) {
    if (!(error instanceof WindowsError) || error.code !== 'ERROR_SHARING_VIOLATION') throw error
    context.backups.someHeld = true
    context.log(`${image.previous} is held by a program: it goes when the machine starts again`)
    return false
  }
}

/** What {@link replaceFile} did, or a part of it, is undone. */
export function undoReplaceFile(image: FileImage, files: FileSystem): void {
  if (image.previous === undefined) removeFile(files, image.path)
  else undoMoveAside(image, files)
  removeFile(files, image.temporary)
}

export function undoMoveAside({ path, previous, attributes = noAttributes, backup }: FileImage, files: FileSystem): void {
  if (previous === undefined) return
  if (files.stat(backup)?.kind === 'file') {
    // A rename that replaces might keep the new file's spelling, and refuses a read-only one.
    const inTheWay = files.stat(path)
    if (inTheWay?.kind === 'file' && (files.spelling(path) !== previous || inTheWay.attributes.readOnly)) removeFile(files, path)
    files.rename(backup, previous)
  }
  const now = files.stat(previous)
  if (now?.kind === 'file' && !sameAttributes(now.attributes, attributes)) files.setAttributes(previous, attributes)
}

function hasAttributes({ readOnly, hidden, system }: FileAttributes): boolean {
  return readOnly || hidden || system
}

export function sameAttributes(a: FileAttributes, b: FileAttributes): boolean {
  return a.readOnly === b.readOnly && a.hidden === b.hidden && a.system === b.system
}

/** Read-only or not; nothing there is no error. */
export function removeFile(files: FileSystem, path: string): void {
  if (files.stat(path)?.kind === 'file') files.removeFile(path, true)
}
