// Who an action's name stands for, and why it may have to be skipped. https://learn.microsoft.com/windows/win32/msi/running-actions
import type { EngineAction } from '../actions/engine-action.ts'
import { findStandardAction, writesScript } from '../actions/index.ts'
import { customActionByName } from '../custom-actions/index.ts'
import type { InstallSession } from '../session/install-session.ts'
import { showDialog, showsDialogs } from './dialogs.ts'

export type ActionLookup =
  | { readonly kind: 'standard' | 'custom' | 'dialog'; readonly writesScript?: boolean; readonly oncePerSession: boolean; readonly run: EngineAction }
  | { readonly kind: 'skip'; readonly why: string }
  | { readonly kind: 'unknown' }

/** Run by the UI sequence, they are not run again by the execute sequence of the same installation. */
const oncePerSession = new Set(['AppSearch', 'CCPSearch', 'RMCCPSearch', 'FindRelatedProducts', 'MigrateFeatureStates'])
/** All that an administrative installation does. */
const administrative = new Set([
  'ADMIN', 'INSTALL', 'CostInitialize', 'FileCost', 'CostFinalize', 'InstallValidate', 'InstallInitialize', 'InstallAdminPackage', 'InstallFiles',
  'PatchFiles', 'InstallFinalize', 'LaunchConditions', 'ExecuteAction', 'AppSearch', 'ResolveSource', 'DisableRollback',
])

export function findAction(session: InstallSession, name: string): ActionLookup {
  const standard = findStandardAction(name)
  if (standard !== undefined) {
    if (session.parts.side !== 'c' && session.installation.ranInUi.has(name)) return { kind: 'skip', why: 'already done on client side' }
    if (session.properties.get('ACTION') === 'ADMIN' && !administrative.has(name)) return { kind: 'skip', why: 'not part of an administrative installation' }
    return { kind: 'standard', writesScript: writesScript(name), oncePerSession: oncePerSession.has(name), run: standard }
  }
  const custom = customActionByName(session, name)
  if (custom !== undefined) return custom.skip === undefined ? { kind: 'custom', oncePerSession: false, run: custom.run } : { kind: 'skip', why: custom.skip }
  if (session.database.table('Dialog')?.find(name) !== undefined) {
    // Dialogs that an execute table names are never shown.
    if (!showsDialogs(session)) return { kind: 'skip', why: 'dialogs are not shown by this sequence' }
    return { kind: 'dialog', oncePerSession: false, run: (one) => showDialog(one, name) }
  }
  return { kind: 'unknown' }
}
