// Entry points of libraries: custom actions of types 1 and 17. Only a running Windows can load such a library; what
// stands in for it (an emulator, or code that does the same) is the caller's LibraryRunner.
// https://learn.microsoft.com/windows/win32/msi/dynamic-link-libraries
import { errorCodes } from '../../base/index.ts'
import { ActionStatus } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { PackageSession, type DeferredContext } from '../session/package-session.ts'
import type { CustomActionSource } from './custom-action.ts'

export interface LibraryAction {
  readonly action: string
  readonly sourceKind: CustomActionSource
  /** Binary key, or full path of the installed file. */
  readonly source: string
  /** Name of the entry point. */
  readonly target: string
  readonly deferred: DeferredContext | undefined
}

export type LibraryOutcome =
  | { readonly ran: true; readonly status: ActionStatus; /** The Windows code that the entry point returned. */ readonly code: number }
  | { readonly ran: false; readonly why: string }

export async function runLibrary(session: InstallSession, { action, sourceKind, source, target, deferred }: LibraryAction): Promise<LibraryOutcome> {
  const { libraryRunner, timeLimitMs, signal } = session.installation.settings
  if (libraryRunner === undefined) return { ran: false, why: 'it is in a library of Windows' }
  using handle = new PackageSession(session, deferred === undefined ? {} : { deferred })
  const library = sourceKind === 'binary' ? { binary: source } as const : { path: source } as const
  const code = await libraryRunner.runLibrary({ action, library, entryPoint: target, session: handle, timeLimitMs, ...(signal === undefined ? {} : { signal }) })
  return code === undefined ? { ran: false, why: `${libraryRunner.name} does not know the entry point ${target}` } : { ran: true, status: statusOf(code), code }
}

/** https://learn.microsoft.com/windows/win32/msi/custom-action-return-values */
function statusOf(code: number): ActionStatus {
  switch (code) {
    case errorCodes.ERROR_SUCCESS: return ActionStatus.success
    case errorCodes.ERROR_FUNCTION_NOT_CALLED: return ActionStatus.notExecuted
    case errorCodes.ERROR_INSTALL_USEREXIT: return ActionStatus.userExit
    case errorCodes.ERROR_INSTALL_SUSPEND: return ActionStatus.suspend
    case errorCodes.ERROR_NO_MORE_ITEMS: return ActionStatus.finished
    default: return ActionStatus.failure
  }
}
