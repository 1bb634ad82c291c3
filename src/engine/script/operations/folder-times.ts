// FolderTimes: changes nothing; undone last of what happened in a folder, it gives the folder its times back.
import { foldCase, WindowsError, withoutTrailingBackslash } from '../../../base/index.ts'
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
    const now = times === undefined ? undefined : files.stat(folder)
    if (times === undefined || now?.kind !== 'directory') return
    if (now.modifiedMs === times.modifiedMs && now.createdMs === times.createdMs) return
    try {
      files.setTimes(folder, times)
    } catch (error) {
      // Where nothing can be written nothing was done: somebody else changed it.
      if (!(error instanceof WindowsError) || error.code !== 'ERROR_WRITE_PROTECT') throw error
    }
  },
  touches({ folder }) {
    return [`${foldCase(withoutTrailingBackslash(folder))}\\*`]
  },
}
