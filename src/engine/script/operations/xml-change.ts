// XmlChange: elements and attributes of one XML file, as the tables of widely used custom actions describe them. The file is read
// when its turn has come, for the same script may have written it.
import { readFile } from '../../../platform/index.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import { replaceFile, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { errorNumber } from './file-copy.ts'
import { newFile } from './icon.ts'

const largestXml = 1 << 24

export const xmlChange: OperationHandler<OperationOf<'XmlChange'>, FileImage> = {
  ...newFile,
  async apply(operation, image, context) {
    const { files } = context.platform
    const { path: file, errors } = operation
    if (image.previous === undefined) {
      if (!operation.vital) return
      throw new InstallError(errors.open, [file, 2])
    }
    const { editXml, XmlEditError } = await import('../../../xml-edit/index.ts')
    const stat = files.stat(image.previous)!
    try {
      const after = editXml(readFile(files, image.previous, largestXml), operation.edits)
      if (after === undefined) return
      const times = operation.keepModified ? { modifiedMs: stat.modifiedMs } : {}
      replaceFile(image, { ...times, attributes: stat.attributes, write: (sink) => { sink.write(after) } }, context)
    } catch (error) {
      if (!(error instanceof XmlEditError)) throw new InstallError(errors.save, [file, errorNumber(error)], { cause: error })
      context.log(`${file}: ${error.path === '' ? '' : `${error.path}: `}${error.message}`)
      if (!operation.vital) return
      throw error.kind === 'path' ? new InstallError(errors.select, [error.path, file], { cause: error }) : new InstallError(errors.open, [file, 11], { cause: error })
    }
  },
}
