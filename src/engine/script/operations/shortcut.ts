// ShortcutCreate and ShortcutRemove. https://learn.microsoft.com/windows/win32/msi/createshortcuts-action; [MS-SHLLINK]
import type { FileSystem } from '../../../platform/index.ts'
import { writeShellLink, type ShellLink } from '../../../shell-link/index.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import { replaceFile, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { shellProperty } from '../shortcut-property.ts'
import { errorNumber } from './file-copy.ts'
import { newFile, removal } from './icon.ts'

export const shortcutCreate: OperationHandler<OperationOf<'ShortcutCreate'>, FileImage> = {
  ...newFile,
  apply(operation, image, context) {
    const bytes = linkBytes(operation, context.platform.files)
    try {
      replaceFile(image, { write: (sink) => { sink.write(bytes) } }, context)
    } catch (error) {
      throw new InstallError(1909, [operation.path, errorNumber(error)], { cause: error })
    }
  },
}

export const shortcutRemove = removal()

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
    properties: (operation.properties ?? []).map(shellProperty).filter((property) => property !== undefined),
  })
}
