// ShortcutCreate and ShortcutRemove. https://learn.microsoft.com/windows/win32/msi/createshortcuts-action; [MS-SHLLINK]
import { foldCase } from '../../../base/index.ts'
import { InstallError } from '../../session/install-error.ts'
import type { FileSystem } from '../../../platform/index.ts'
import { writeShellLink, type ShellLink } from '../../../shell-link/index.ts'
import { captureFile, replaceFile, undoReplaceFile, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { errorNumber, parentFolder } from './file-copy.ts'
import { removal } from './icon.ts'

export const shortcutCreate: OperationHandler<OperationOf<'ShortcutCreate'>, FileImage> = {
  effect: 'files',
  capture({ path }, context) {
    return captureFile(path, context)
  },
  apply(operation, image, context) {
    const bytes = linkBytes(operation, context.platform.files)
    try {
      replaceFile(image, { write: (sink) => { sink.write(bytes) } }, context)
    } catch (error) {
      throw new InstallError(1909, [operation.path, errorNumber(error)], { cause: error })
    }
  },
  undo(_operation, image, { platform }) {
    undoReplaceFile(image, platform.files)
  },
  touches({ path }) {
    return [foldCase(path)]
  },
  prerequisites({ path }, context) {
    return parentFolder(path, context)
  },
}

export const shortcutRemove: OperationHandler<OperationOf<'ShortcutRemove'>, FileImage> = removal()

function linkBytes(operation: OperationOf<'ShortcutCreate'>, files: FileSystem): Uint8Array {
  const stat = operation.target === '' ? undefined : files.stat(operation.target)
  const texts: readonly [keyof ShellLink, string][] = [
    ['target', operation.target], ['arguments', operation.arguments], ['description', operation.description],
    ['workingDirectory', operation.workingDirectory], ['iconPath', operation.icon], ['darwinDescriptor', operation.descriptor ?? ''],
  ]
  return writeShellLink({
    ...Object.fromEntries(texts.filter(([, text]) => text !== '')),
    ...(stat === undefined ? {} : { targetIsFolder: stat.kind === 'directory', targetSizeBytes: stat.size }),
    iconIndex: operation.iconIndex, hotKey: operation.hotKey, showCommand: operation.showCommand,
  })
}
