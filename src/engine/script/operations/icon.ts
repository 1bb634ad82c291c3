// IconCreate and IconRemove: icons of the package as files of the installer's own folder.
// https://learn.microsoft.com/windows/win32/msi/icon-table
import { copyBytes, foldCase } from '../../../base/index.ts'
import { InstallError } from '../../session/install-error.ts'
import { captureFile, replaceFile, undoReplaceFile, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { asCopyErrors, parentFolder } from './file-copy.ts'
import { fileRemove } from './file-remove.ts'

export const iconCreate: OperationHandler<OperationOf<'IconCreate'>, FileImage> = {
  effect: 'files',
  capture({ path }, context) {
    return captureFile(path, context)
  },
  apply({ path, stream }, image, context) {
    const source = context.sources.stream(stream)
    if (source === undefined) throw new InstallError(1101, [stream, 2])
    asCopyErrors({ destination: path }, () => { replaceFile(image, { write: (sink) => { copyBytes(source, sink) } }, context) })
  },
  undo(_operation, image, { platform }) {
    undoReplaceFile(image, platform.files)
  },
  touches({ path }) {
    return [foldCase(path)]
  },
  prerequisites({ path }, context) {
    return parentFolder(path, context)
  },
}

export const iconRemove: OperationHandler<OperationOf<'IconRemove'>, FileImage> = removal()

/** Removing what an operation created is removing a file. */
export function removal<O extends OperationOf<'IconRemove' | 'ShortcutRemove'>>(): OperationHandler<O, FileImage> {
  return {
    effect: 'files',
    capture: ({ path }, context) => fileRemove.capture({ op: 'FileRemove', path }, context),
    apply: ({ path }, image, context) => fileRemove.apply({ op: 'FileRemove', path }, image, context),
    undo: ({ path }, image, context) => fileRemove.undo({ op: 'FileRemove', path }, image, context),
    touches: ({ path }) => [foldCase(path)],
  }
}
