// FontRegister and FontUnregister: fonts as the registry of the root lists them, by title.
// https://learn.microsoft.com/windows/win32/msi/registerfonts-action; registration.md §11.6
import { baseName, foldCase } from '../../../base/index.ts'
import { fontTitle } from '../font-title.ts'
import type { OperationOf, ScriptContext } from '../handler.ts'
import { registryOperation, type RegistryHandler } from '../registry-operation.ts'

const key = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Fonts'

export const fontRegister: RegistryHandler<OperationOf<'FontRegister'>> = registryOperation(
  (operation, _registry, context) => [{ edit: 'set', key, name: titleOf(operation, context), value: { type: 'REG_SZ', data: operation.registeredPath } }],
)

/** What lists another file now is somebody else's. */
export const fontUnregister: RegistryHandler<OperationOf<'FontUnregister'>> = registryOperation(
  (operation, registry, context) => {
    const name = titleOf(operation, context)
    const present = registry.value(key, name)
    const isOurs = present?.type === 'REG_SZ' && foldCase(present.data) === foldCase(operation.registeredPath)
    return isOurs ? [{ edit: 'delete-value', key, name, pruneKey: false }] : []
  },
)

/** The title given, else the one in the file, else the file's own name. */
function titleOf({ title, path }: { readonly title: string; readonly path: string }, { platform: { files }, log }: ScriptContext): string {
  if (title !== '') return title
  const name = baseName(path).replace(/\.[^.]*$/, '')
  if (files.stat(path)?.kind === 'file') {
    using file = files.open(path)
    const found = fontTitle(file)
    if (found !== undefined) return found
  }
  log(`Font ${path} has no title, neither in the Font table nor in itself: it goes by ${name}`)
  return name
}
