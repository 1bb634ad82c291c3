// Nested installations: types 7 (a package stored in this one), 23 (a package of the source tree) and 39 (an installed
// product). Each runs in a session within this one, and in its transaction when there is one.
// https://learn.microsoft.com/windows/win32/msi/concurrent-installations
import { bytesToHex, joinPath, WindowsError } from '../../base/index.ts'
import { openDatabase } from '../../database/index.ts'
import { resolveSource } from '../session/folders/source.ts'
import type { InstallSession } from '../session/install-session.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { parsePropertySettings } from '../session/properties/command-line.ts'
import type { CustomActionSource } from './custom-action.ts'
import { createTemporaryFile, type TemporaryFile } from './temporary-file.ts'

export interface NestedAction {
  readonly action: string
  readonly sourceKind: CustomActionSource
  /** Storage of the package, path below the source's root, or product code. */
  readonly source: string
  /** Property settings, formatted. */
  readonly target: string
}

/** The exit code of the nested installation. */
export async function runNestedInstallation(session: InstallSession, { action, sourceKind, source, target }: NestedAction): Promise<number> {
  const settings = parsePropertySettings(target)
  const { calls } = session.installation
  if (sourceKind === 'directory') return calls.runNested(session, { productCode: source.toUpperCase(), concurrent: true }, settings)
  if (sourceKind === 'file') return calls.runNested(session, { path: joinPath(resolveSource(session), source), concurrent: true }, settings)
  using file = unpackStorage(session, action, source)
  return await calls.runNested(session, { path: file.path, concurrent: true }, settings)
}

/** The storage becomes a package file in the user's temporary folder for as long as it is installed. */
function unpackStorage(session: InstallSession, action: string, name: string): TemporaryFile {
  const storage = session.database.storage(name)
  if (storage === undefined) throw new InstallError(2766, [name], { action })
  const { platform, properties } = session
  const folder = properties.get('TempFolder')
  const choosePath = (): string => joinPath(folder, `${bytesToHex(platform.random.bytes(4))}.msi`)
  try {
    return createTemporaryFile(platform, folder, choosePath, (sink) => { openDatabase(storage).save(sink) })
  } catch (error) {
    if (error instanceof WindowsError) throw new InstallError(2766, [name], { action, cause: error })
    throw error
  }
}
