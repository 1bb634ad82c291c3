// FolderTimes: changes nothing; undone last of what happened in a folder, it gives the folder its times back.
import { foldCase, withoutTrailingBackslash } from '../../../base/index.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'

export interface FolderTimesImage {
  readonly times?: { readonly modifiedMs: number; readonly createdMs: number }
}

export const folderTimes: OperationHandler<OperationOf<'FolderTimes'>, FolderTimesImage> = {
  effect: 'files',
  capture({ folder }, { platform }) {
    const stat = platform.files.stat(folder)
    return stat?.kind === 'directory' ? { times: { modifiedMs: stat.modifiedMs, createdMs: stat.createdMs } } : {}
  },
  apply() {},
  undo({ folder }, { times }, { platform: { files } }) {
    if (times !== undefined && files.stat(folder)?.kind === 'directory') files.setTimes(folder, times)
  },
  touches({ folder }) {
    return [`${foldCase(withoutTrailingBackslash(folder))}\\*`]
  },
}
