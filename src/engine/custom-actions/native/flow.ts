// Actions of WiX that change nothing on the machine: those that end a sequence, wait, tell running programs, or belong to dialogs.
import { isFullPath } from '../../../base/index.ts'
import { ActionStatus } from '../../session/features/states.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import type { NativeAction, NativeCall } from './native-action.ts'

/** What comes after it is left out, and the installation has succeeded. */
export function exitEarly(): ActionStatus {
  return ActionStatus.finished
}

/** For tests of rollback. @throws InstallError always */
export function failWhenDeferred(_session: InstallSession, { action }: NativeCall): never {
  throw new InstallError(2896, [action], { action })
}

/** Succeeds, and says why there is nothing to do. */
export function nothingToDo(why: string): NativeAction {
  return { extent: 'told', run: (session, { action }) => { session.messages.log(`${action}: ${why}`) } }
}

/** WIXUI_INSTALLDIR names the property of a folder; whether that can be installed to is for the dialog to say. */
export function validatePath(session: InstallSession): void {
  const path = session.properties.get(session.properties.get('WIXUI_INSTALLDIR'))
  const valid = isFullPath(path) && !/[<>"|?*/]/.test(path.slice(2)) && session.platform.files.drives().some((drive) => drive.slice(0, 2).toUpperCase() === path.slice(0, 2).toUpperCase())
  session.properties.set('WIXUI_INSTALLDIR_VALID', valid ? '1' : '0')
}

/** The target is WixShellExecTarget, Formatted. */
export function shellExecute(session: InstallSession, { action }: NativeCall): void {
  session.messages.log(`${action}: ${session.format(session.properties.get('WixShellExecTarget'))} is not opened: nobody sits before the root`)
}
