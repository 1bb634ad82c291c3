// Custom actions of widely used libraries that the engine does itself, because the libraries need a running Windows.
// Recognised by entry point: the names of the action, of the Binary row and of the library are the author's. No code of
// the package runs, so they are done whatever the policy for custom actions is, as types 19, 35 and 51 are.
import type { CustomActionKind } from '../custom-action.ts'
import { closeApplications, closeApplicationsDeferred } from './close-applications.ts'
import type { InstallSession } from '../../session/install-session.ts'
import type { NativeAction, NativeCall } from './native-action.ts'
import { checkRebootRequired } from './reboot-required.ts'
import { planRestartResources, registerRestartResources } from './restart-resources.ts'

/** The `util` extension of WiX 3 and later. */
const entryPoints: ReadonlyMap<string, NativeAction> = new Map<string, NativeAction>([
  ['WixRegisterRestartResources', registerRestartResources],
  ['WixCloseApplications', closeApplications],
  ['WixCloseApplicationsDeferred', closeApplicationsDeferred],
  ['WixCheckRebootRequired', checkRebootRequired],
])

export function nativeAction({ kind, target }: { readonly kind: CustomActionKind; readonly target: string }): NativeAction | undefined {
  return kind === 'library' ? entryPoints.get(target) : undefined
}

/** What a plan has to know of an action that it does not run. */
export async function planNativeAction(native: NativeAction, session: InstallSession, call: NativeCall): Promise<void> {
  if (native === registerRestartResources) await planRestartResources(session, call)
}
