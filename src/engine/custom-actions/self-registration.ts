// Modules that register themselves (the SelfReg table): DllRegisterServer and DllUnregisterServer of an installed file.
// Only a running Windows can load it, or the caller's LibraryRunner; where there is neither, that is told.
// https://learn.microsoft.com/windows/win32/msi/selfregmodules-action
import { errorCodes, WindowsError } from '../../base/index.ts'
import type { InstallSession } from '../session/install-session.ts'
import { runLibrary } from './library.ts'

/**
 * @param undoing A module that was not registered may be unregistered: what it answers then is only told.
 * @returns What was done, for the log.
 * @throws WindowsError when the module did not register itself, or nothing can load it and that ends the installation.
 */
export async function selfRegister(session: InstallSession, { op, path }: { readonly op: 'RegSelfReg' | 'RegSelfUnreg'; readonly path: string }, undoing: boolean): Promise<string> {
  const { customActions } = session.installation.settings
  const registers = op === 'RegSelfReg'
  const outcome = customActions === 'skip' ? undefined : await runLibrary(session, {
    action: registers ? 'SelfRegModules' : 'SelfUnregModules', sourceKind: 'file', source: path, target: registers ? 'DllRegisterServer' : 'DllUnregisterServer', deferred: undefined,
  })
  if (outcome?.ran === true) {
    if (outcome.code === errorCodes.ERROR_SUCCESS) return 'done'
    if (registers && !undoing) throw new WindowsError('ERROR_INSTALL_FAILURE', `${path}: expected DllRegisterServer to return 0, found ${outcome.code}`)
    return `the module answered ${outcome.code}`
  }
  if (undoing) return 'nothing to undo: it was not done'
  if (customActions === 'fail') throw new WindowsError('ERROR_CALL_NOT_IMPLEMENTED', `${path}: only a running Windows can load it`)
  return 'not done: only a running Windows can load it'
}
