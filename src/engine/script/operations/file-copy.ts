// FileCopy: a file from a cabinet, from the source or from the machine itself takes its place at the target.
// Runs of copies from one cabinet are read in one pass: cabinet-pass.ts.
// https://learn.microsoft.com/windows/win32/msi/installfiles-action
import { bytesSource, copyBytes, foldCase, parentPath, WindowsError } from '../../../base/index.ts'
import { hasValidChecksum } from '../../session/files/pe-checksum.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import { captureFile, moveAside, placeTemporary, undoMoveAside, undoReplaceFile, writeTemporary, type FileImage } from '../file-change.ts'
import type { AnyOperation, OperationHandler, OperationOf, ScriptContext, SourceFile } from '../handler.ts'

export type FileCopy = OperationOf<'FileCopy'>

export interface FileCopyImage extends FileImage {
  /** MoveFiles: where the source goes until the transaction ends. */
  readonly source?: FileImage
}

export const fileCopy: OperationHandler<FileCopy, FileCopyImage> = {
  effect: 'files',
  capture(operation, context) {
    const image = captureFile(operation.destination, context)
    return isMove(operation) ? { ...image, source: captureFile(operation.source.path, context) } : image
  },
  apply(operation, image, context) {
    if (operation.source.kind === 'cabinet') throw new InstallError(2919, [operation.source.fileKey])
    copyFromSource(operation, image, context)
    if (image.source !== undefined) moveAside(image.source, context)
  },
  undo(_operation, image, { platform }) {
    if (image.source !== undefined) undoMoveAside(image.source, platform.files)
    undoReplaceFile(image, platform.files)
  },
  touches(operation) {
    return isMove(operation) ? [foldCase(operation.destination), foldCase(operation.source.path)] : [foldCase(operation.destination)]
  },
  prerequisites({ destination }, context) {
    return parentFolder(destination, context)
  },
}

function isMove(operation: FileCopy): operation is FileCopy & { source: { kind: 'file'; path: string } } {
  return operation.move === true && operation.source.kind === 'file' && foldCase(operation.source.path) !== foldCase(operation.destination)
}

/** The folder a file goes to, when it is not known to exist. */
export function parentFolder(path: string, { knownFolders, platform }: ScriptContext): AnyOperation[] {
  const folder = parentPath(path)
  if (folder === undefined || knownFolders.has(foldCase(folder))) return []
  if (platform.files.stat(folder)?.kind !== 'directory') return [{ op: 'FolderCreate', folder, persistent: false }]
  knownFolders.add(foldCase(folder))
  return []
}

const nothing: SourceFile = { source: bytesSource(new Uint8Array(0)), [Symbol.dispose]: () => {} }

function copyFromSource(operation: FileCopy, image: FileImage, context: ScriptContext): void {
  const path = operation.source.kind === 'file' ? operation.source.path : ''
  using file = operation.source.kind === 'nothing' ? nothing : openSource(path, context)
  if (file === undefined) throw new InstallError(1308, [path], { cause: new WindowsError('ERROR_FILE_NOT_FOUND', `open ${path}: there is no such file`) })
  const { source, modifiedMs } = file
  noteSize(operation, source.size, context)
  asCopyErrors(operation, () => {
    writeTemporary(image, {
      attributes: operation.attributes, ...(modifiedMs === undefined ? {} : { modifiedMs }),
      write: (sink) => { copyBytes({ size: source.size, read: (offset, length) => reading(path, () => source.read(offset, length)) }, sink) },
    }, context)
    placeCopy(operation, image, context)
  })
}

/** The new file takes its place, unless its checksum says that it was damaged on the way. @throws InstallError 1331 */
export function placeCopy({ destination, checkCrc }: FileCopy, image: FileImage, context: ScriptContext): void {
  if (checkCrc) {
    using file = context.platform.files.open(image.temporary)
    if (!hasValidChecksum(file)) throw new InstallError(1331, [destination])
  }
  placeTemporary(image, context)
}

/** From the package's source, else from the machine itself. */
export function openSource(path: string, { sources, platform: { files } }: ScriptContext): SourceFile | undefined {
  const atSource = sources.file(path)
  if (atSource !== undefined) return atSource
  const stat = files.stat(path)
  if (stat?.kind !== 'file') return undefined
  const file = files.open(path)
  return { source: file, modifiedMs: stat.modifiedMs, [Symbol.dispose]: () => { file[Symbol.dispose]() } }
}

/** The File table is used for costing only: another size is worth a line, not a failure. */
export function noteSize({ destination, size }: FileCopy, found: number, context: ScriptContext): void {
  if (found !== size) context.log(`Note: ${destination} has ${found} bytes; the package's File table says ${size}.`)
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new InstallError(1305, [path, errorNumber(error)], { cause: error })
  }
}

/** What goes wrong with the target, in the words of the Error table. */
export function asCopyErrors<T>({ destination }: { readonly destination: string }, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw copyError(error, destination)
  }
}

export function copyError(error: unknown, path: string): unknown {
  if (!(error instanceof WindowsError) || error instanceof InstallError) return error
  const cause = { cause: error }
  switch (error.code) {
    case 'ERROR_DISK_FULL': case 'ERROR_HANDLE_DISK_FULL': return new InstallError(1307, [path], cause)
    case 'ERROR_ACCESS_DENIED': case 'ERROR_WRITE_PROTECT': case 'ERROR_PATH_NOT_FOUND': case 'ERROR_INVALID_NAME': case 'ERROR_SHARING_VIOLATION':
      return new InstallError(1310, [error.errno, path], cause)
    default: return new InstallError(1304, [path], cause)
  }
}

export function errorNumber(error: unknown): number {
  return error instanceof WindowsError ? error.errno : 0
}

