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
    const now = times === undefined ? undefined : files.stat(folder)
    if (times === undefined || now?.kind !== 'directory') return
    // A folder that cannot be written to has not changed either.
    if (now.modifiedMs !== times.modifiedMs || now.createdMs !== times.createdMs) files.setTimes(folder, times)
  },
  touches({ folder }) {
    return [`${foldCase(withoutTrailingBackslash(folder))}\\*`]
  },
}
