// Standard actions that have nothing to do off Windows, or nothing since Windows XP: they succeed, and the log says why.
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { logUnkeptPermissions } from './lock-permissions.ts'

function withoutEffect(table: string, reason: string): StandardAction {
  return (session: Session) => {
    const count = [...session.rows(table)].length
    if (count > 0) session.messages.log(`${count} row(s) of ${table} left alone: ${reason}`)
  }
}

/** Tables that belong to several actions, or to none. */
const ignoredTables: Readonly<Record<string, string>> = {
  MsiDigitalSignature: 'signatures are not verified',
  MsiEmbeddedChainer: 'further packages are not installed by an embedded chainer',
  MsiEmbeddedUI: 'the library of an embedded user interface is not loaded',
}

/** Said once for each product. */
export function logIgnoredTables(session: Session): void {
  logUnkeptPermissions(session)
  for (const [table, reason] of Object.entries(ignoredTables)) void withoutEffect(table, reason)(session)
}

/** What only a running Windows can do: the rows are counted in the log. */
export const actionsToldOnly = {
  /** https://learn.microsoft.com/windows/win32/msi/bindimage-action: an optimisation of load time; its failure is never fatal. */
  BindImage: withoutEffect('BindImage', 'binding images needs the Windows loader'),
  /** https://learn.microsoft.com/windows/win32/msi/registercomplus-action */
  RegisterComPlus: withoutEffect('Complus', 'COM+ applications can be registered by Windows only'),
  UnregisterComPlus: withoutEffect('Complus', 'COM+ applications can be unregistered by Windows only'),
} as const satisfies Readonly<Record<string, StandardAction>>

/** What has nothing to do: Windows has not had it for long, or another action does it. */
export const actionsWithoutWork = {
  /** https://learn.microsoft.com/windows/win32/msi/allocateregistryspace-action: registry size is not limited any more. */
  AllocateRegistrySpace: () => {},
  /** https://learn.microsoft.com/windows/win32/msi/installsfpcatalogfile-action: Windows Me only. */
  InstallSFPCatalogFile: withoutEffect('SFPCatalog', 'system file protection catalogs exist on Windows Me only'),
  /** https://learn.microsoft.com/windows/win32/msi/patchfiles-action: whole files are installed by InstallFiles, deltas not at all. */
  PatchFiles: () => {},
} as const satisfies Readonly<Record<string, StandardAction>>
