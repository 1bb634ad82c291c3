// FirstBootPackage: the custom actions that wait for the root's own start, as a package in its Installer folder.
import { firstBootPackage } from '../../package/first-boot-package.ts'
import { replaceFile, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { asCopyErrors } from './file-copy.ts'
import { newFile } from './icon.ts'

export const firstBoot: OperationHandler<OperationOf<'FirstBootPackage'>, FileImage> = {
  ...newFile,
  apply(operation, image, context) {
    const { files } = context.platform
    const opened: Disposable[] = []
    try {
      const bytes = firstBootPackage(operation, {
        binary: (key) => context.sources.stream(`Binary.${key}`),
        file: (path) => {
          if (files.stat(path)?.kind !== 'file') return undefined
          const file = files.open(path)
          opened.push(file)
          return file
        },
      })
      asCopyErrors({ destination: operation.path }, () => { replaceFile(image, { write: (sink) => { sink.write(bytes) } }, context) })
    } finally {
      for (const file of opened) file[Symbol.dispose]()
    }
  },
}
