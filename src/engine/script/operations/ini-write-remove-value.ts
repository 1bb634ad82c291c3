// IniWriteRemoveValue: one line or one tag of an .ini file. https://learn.microsoft.com/windows/win32/msi/inifile-table
import { foldCase } from '../../../base/index.ts'
import { readFile } from '../../../platform/index.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import { captureFile, moveAside, replaceFile, undoReplaceFile, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { changeIniFile, isEmptyIniFile } from '../ini-text.ts'
import { errorNumber, parentFolder } from './file-copy.ts'

const largestIniFile = 1 << 24

export const iniWriteRemoveValue: OperationHandler<OperationOf<'IniWriteRemoveValue'>, FileImage> = {
  effect: 'files',
  capture({ file }, context) {
    return captureFile(file, context)
  },
  apply(operation, image, context) {
    const { files } = context.platform
    try {
      const before = image.previous === undefined ? undefined : readFile(files, image.previous, largestIniFile)
      const after = changeIniFile(before, operation)
      if (after === undefined) return
      // A file that nothing is left in goes, with the headings of its empty sections.
      if (operation.mode.startsWith('remove') && isEmptyIniFile(after)) {
        moveAside(image, context)
        return
      }
      const attributes = image.previous === undefined ? {} : { attributes: files.stat(image.previous)!.attributes }
      replaceFile(image, { ...attributes, write: (sink) => { sink.write(after) } }, context)
    } catch (error) {
      throw new InstallError(2104, [operation.file, operation.section, errorNumber(error)], { cause: error })
    }
  },
  undo(_operation, image, { platform }) {
    undoReplaceFile(image, platform.files)
  },
  touches({ file }) {
    return [foldCase(file)]
  },
  prerequisites({ file, mode }, context) {
    return mode.startsWith('remove') ? [] : parentFolder(file, context)
  },
}
