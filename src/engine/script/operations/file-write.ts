// FileWrite: a small file whose content is known when the script is written. FileTouch: the time of a file becomes now.
import { bytesFromHex, foldCase } from '../../../base/index.ts'
import { replaceFile, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { asCopyErrors } from './file-copy.ts'
import { newFile } from './icon.ts'

export const fileWrite: OperationHandler<OperationOf<'FileWrite'>, FileImage> = {
  ...newFile,
  apply({ path, content }, image, context) {
    const { files } = context.platform
    const attributes = image.previous === undefined ? {} : { attributes: files.stat(image.previous)!.attributes }
    asCopyErrors({ destination: path }, () => { replaceFile(image, { ...attributes, write: (sink) => { sink.write(bytesFromHex(content)!) } }, context) })
  },
}

export interface FileTouchImage {
  readonly times?: { readonly modifiedMs: number; readonly createdMs: number }
}

export const fileTouch: OperationHandler<OperationOf<'FileTouch'>, FileTouchImage> = {
  effect: 'files',
  capture({ path }, { platform }) {
    const stat = platform.files.stat(path)
    return stat === undefined ? {} : { times: { modifiedMs: stat.modifiedMs, createdMs: stat.createdMs } }
  },
  apply({ path, modifiedMs, vital }, { times }, { platform: { files }, log }) {
    if (times === undefined) {
      log(`${path} is not there, so its time is not set`)
      return
    }
    try {
      files.setTimes(path, { modifiedMs })
    } catch (error) {
      if (vital) throw error
      log(`The time of ${path} was not set: ${error instanceof Error ? error.message : String(error)}`)
    }
  },
  /** Only of the file that was touched: where undoing is repeated, an older one may stand there again. */
  undo({ path, modifiedMs }, { times }, { platform: { files } }) {
    const now = times === undefined ? undefined : files.stat(path)
    if (times !== undefined && now !== undefined && Math.abs(now.modifiedMs - modifiedMs) < 1) files.setTimes(path, times)
  },
  touches({ path }) {
    return [foldCase(path)]
  },
}
