// ShortcutCreate and ShortcutRemove. https://learn.microsoft.com/windows/win32/msi/createshortcuts-action; [MS-SHLLINK]
import { InstallError } from '../../session/install-error.ts'
import { writeShellLink } from '../../../shell-link/index.ts'
import { captureFile, replaceFile, touchedFiles, undoReplaceFile, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { errorNumber, parentFolder } from './file-copy.ts'
import { removal } from './icon.ts'

export const shortcutCreate: OperationHandler<OperationOf<'ShortcutCreate'>, FileImage> = {
  effect: 'files',
  capture({ path }, context) {
    return captureFile(path, context)
  },
  apply(operation, image, context) {
    const bytes = shellLink(operation, context.platform.files.stat(operation.target)?.kind === 'directory')
    try {
      replaceFile(image, { write: (sink) => { sink.write(bytes) } }, context)
    } catch (error) {
      throw new InstallError(1909, [operation.path, errorNumber(error)], { cause: error })
    }
  },
  undo(_operation, image, { platform }) {
    undoReplaceFile(image, platform.files)
  },
  touches(_operation, image) {
    return touchedFiles(image)
  },
  prerequisites({ path }, context) {
    return parentFolder(path, context)
  },
}

export const shortcutRemove: OperationHandler<OperationOf<'ShortcutRemove'>, FileImage> = removal()
