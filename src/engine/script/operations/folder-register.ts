// FolderRegister and FolderUnregister: which folders installations have made, one value each under `Installer\Folders`:
// data `1` for a folder of the CreateFolder table, which stays although empty. registration.md §8
import { withTrailingBackslash } from '../../../base/index.ts'
import type { Registry } from '../../../platform/index.ts'
import { installerKey } from '../../registration/keys.ts'
import type { OperationOf } from '../handler.ts'
import type { RegistryEdit } from '../operation.ts'
import { registryOperation, type RegistryHandler } from '../registry-operation.ts'

const foldersKey = `${installerKey}\\Folders`

export const folderRegister: RegistryHandler<OperationOf<'FolderRegister'>> = registryOperation(
  ({ folders, persistent }, registry) => folders.flatMap((folder, index): RegistryEdit[] => {
    const lasting = persistent && index === folders.length - 1
    if (!lasting && folderNote(registry, folder) !== undefined) return []
    return [{ edit: 'set', key: foldersKey, name: withTrailingBackslash(folder), value: { type: 'REG_SZ', data: lasting ? '1' : '' } }]
  }),
)

export const folderUnregister: RegistryHandler<OperationOf<'FolderUnregister'>> = registryOperation(
  ({ folders }) => folders.map((folder) => ({ edit: 'delete-value', key: foldersKey, name: withTrailingBackslash(folder), pruneKey: true })),
)

/** What is noted of a folder: made by an installation, and for good. */
export function folderNote(registry: Registry, folder: string): 'persistent' | 'transient' | undefined {
  const value = registry.value(foldersKey, withTrailingBackslash(folder))
  if (value === undefined) return undefined
  return value.data === '1' ? 'persistent' : 'transient'
}
