// DatabaseCopy: the package itself, cached for maintenance and removal, or put into an administrative image.
// https://learn.microsoft.com/windows/win32/msi/registerproduct-action, installadminpackage-action
import { copyBytes, foldCase } from '../../../base/index.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import { captureFile, replaceFile, undoReplaceFile, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { errorNumber, openSource, parentFolder } from './file-copy.ts'

export const databaseCopy: OperationHandler<OperationOf<'DatabaseCopy'>, FileImage> = {
  effect: 'files',
  capture({ destination }, context) {
    return captureFile(destination, context)
  },
  apply({ source, destination, administrative }, image, context) {
    using file = administrative ? context.sources.administrativeImage?.() : openSource(source, context)
    if (file === undefined) throw new InstallError(1906, [source, 2])
    try {
      replaceFile(image, { write: (sink) => { copyBytes(file.source, sink) } }, context)
    } catch (error) {
      throw new InstallError(1906, [destination, errorNumber(error)], { cause: error })
    }
  },
  undo(_operation, image, { platform }) {
    undoReplaceFile(image, platform.files)
  },
  touches({ destination }) {
    return [foldCase(destination)]
  },
  prerequisites({ destination }, context) {
    return parentFolder(destination, context)
  },
}
