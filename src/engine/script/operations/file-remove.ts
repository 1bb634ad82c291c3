// FileRemove: the file is moved to the backup folder until the transaction ends; nothing there is no error.
// https://learn.microsoft.com/windows/win32/msi/removefiles-action
import { foldCase } from '../../../base/index.ts'
import { captureFile, moveAside, undoMoveAside, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'

export const fileRemove: OperationHandler<OperationOf<'FileRemove'>, FileImage> = {
  effect: 'files',
  capture({ path }, context) {
    return captureFile(path, context)
  },
  apply(_operation, image, context) {
    moveAside(image, context)
  },
  undo(_operation, image, { platform }) {
    undoMoveAside(image, platform.files)
  },
  touches({ path }) {
    return [foldCase(path)]
  },
}
