// IconCreate and IconRemove: icons of the package as files of the installer's own folder.
// https://learn.microsoft.com/windows/win32/msi/icon-table
import { copyBytes, foldCase } from '../../../base/index.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import { captureFile, replaceFile, undoReplaceFile, type FileImage } from '../file-change.ts'
import type { OperationHandler, OperationOf, ScriptContext, UndoContext } from '../handler.ts'
import { asCopyErrors, parentFolder } from './file-copy.ts'
import { fileRemove } from './file-remove.ts'

interface NamesPath { readonly path: string }

/** What operations have in common that make a file of their own from something else than a file. */
export const newFile = {
  effect: 'files',
  capture: ({ path }: NamesPath, context: ScriptContext): FileImage => captureFile(path, context),
  undo: (_operation: NamesPath, image: FileImage, { platform }: UndoContext): void => { undoReplaceFile(image, platform.files) },
  touches: ({ path }: NamesPath): string[] => [foldCase(path)],
  prerequisites: ({ path }: NamesPath, context: ScriptContext) => parentFolder(path, context),
} as const

export const iconCreate: OperationHandler<OperationOf<'IconCreate'>, FileImage> = {
  ...newFile,
  apply({ path, stream }, image, context) {
    const source = context.sources.stream(stream)
    if (source === undefined) throw new InstallError(1101, [stream, 2])
    asCopyErrors({ destination: path }, () => { replaceFile(image, { write: (sink) => { copyBytes(source, sink) } }, context) })
  },
}

export const iconRemove = removal()

/** Removing what an operation created is removing a file. */
export function removal(): OperationHandler<{ readonly op: 'IconRemove' | 'ShortcutRemove'; readonly path: string }, FileImage> {
  return {
    effect: 'files',
    capture: ({ path }, context) => fileRemove.capture({ op: 'FileRemove', path }, context),
    apply: ({ path }, image, context) => fileRemove.apply({ op: 'FileRemove', path }, image, context),
    undo: ({ path }, image, context) => fileRemove.undo({ op: 'FileRemove', path }, image, context),
    touches: ({ path }) => [foldCase(path)],
  }
}
