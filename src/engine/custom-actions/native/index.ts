// Custom actions of widely used libraries that the engine does itself, because the libraries need a running Windows.
// Recognised by entry point: the names of the action, of the Binary row and of the library are the author's. No code of
// the package runs, so they are done whatever the policy for custom actions is, as types 19, 35 and 51 are.
// docs/custom-actions.md lists them all; a test compares.
import type { CustomActionKind } from '../custom-action.ts'
import { closeApplications, closeApplicationsDeferred } from './close-applications.ts'
import { checkDependents, requireDependencies } from './dependencies.ts'
import { formatFiles, touchInstalled, touchRemoved } from './file-contents.ts'
import { firewall } from './firewall.ts'
import { exitEarly, failWhenDeferred, nothingToDo, shellExecute, validatePath } from './flow.ts'
import { createInternetShortcuts, removeInternetShortcuts } from './internet-shortcuts.ts'
import { scheduling, writtenAlready, type NativeAction } from './native-action.ts'
import { queryDriverInfo, queryFolders, queryNativeMachine, queryOsInfo, queryWellKnownAccounts } from './os-facts.ts'
import { checkRebootRequired } from './reboot-required.ts'
import { counterData, counterFiles, groups, manifests, nativeImages, shares, users } from './recognised.ts'
import { removeFolders, removeRegistryKeys } from './remove-trees.ts'
import { planRestartResources, registerRestartResources } from './restart-resources.ts'
import { secureObjects } from './secure-objects.ts'
import { configureServices } from './service-config.ts'
import { checkFramework, checkLaunchConditions, checkRuntime } from './visual-studio.ts'
import { scheduleXmlConfigs, scheduleXmlFiles } from './xml-changes.ts'

export type { NativeAction } from './native-action.ts'
export { quietCommand, quietEntryPoints, type QuietCommand } from './quiet-execution.ts'

const nobodyListens = nothingToDo('no program of the root runs that could be told')

/** Extensions of WiX 3 and later (Util, UI, Dependency, Firewall and NetFx), and what setup projects of Visual Studio begin with. */
export const nativeEntryPoints: ReadonlyMap<string, NativeAction> = new Map<string, NativeAction>([
  ['WixRegisterRestartResources', { extent: 'done', run: registerRestartResources, plan: planRestartResources }],
  ['WixCloseApplications', { extent: 'done', run: closeApplications }],
  ['WixCloseApplicationsDeferred', { extent: 'done', run: closeApplicationsDeferred }],
  ['WixCheckRebootRequired', { extent: 'done', run: checkRebootRequired }],
  ['SchedXmlFile', scheduling('done', scheduleXmlFiles)], ['ExecXmlFile', writtenAlready], ['ExecXmlFileRollback', writtenAlready],
  ['SchedXmlConfig', scheduling('done', scheduleXmlConfigs)], ['ExecXmlConfig', writtenAlready], ['ExecXmlConfigRollback', writtenAlready],
  ['WixSchedInternetShortcuts', scheduling('done', removeInternetShortcuts)], ['WixCreateInternetShortcuts', { extent: 'done', write: createInternetShortcuts }],
  ['WixRollbackInternetShortcuts', writtenAlready],
  ['WixRemoveFoldersEx', scheduling('done', removeFolders)], ['WixRemoveRegistryKeysEx', scheduling('done', removeRegistryKeys)],
  ['SchedSecureObjects', scheduling('partly', secureObjects)], ['SchedSecureObjectsRollback', writtenAlready], ['ExecSecureObjects', writtenAlready], ['ExecSecureObjectsRollback', writtenAlready],
  ['SchedServiceConfig', scheduling('done', configureServices)], ['ExecServiceConfig', writtenAlready], ['RollbackServiceConfig', writtenAlready],
  ['WixTouchFileDuringInstall', scheduling('done', touchInstalled)], ['WixTouchFileDuringUninstall', scheduling('done', touchRemoved)], ['WixExecuteTouchFile', writtenAlready],
  ['WixSchedFormatFiles', scheduling('done', formatFiles)], ['WixExecFormatFiles', writtenAlready],
  ['WixQueryOsInfo', scheduling('partly', queryOsInfo)], ['WixQueryOsDirs', scheduling('done', queryFolders)], ['WixQueryOsWellKnownSID', scheduling('partly', queryWellKnownAccounts)],
  ['WixQueryOsDriverInfo', scheduling('told', queryDriverInfo)], ['WixQueryNativeMachine', scheduling('done', queryNativeMachine)],
  ['WixExitEarlyWithSuccess', scheduling('done', exitEarly)], ['WixFailWhenDeferred', { extent: 'done', run: failWhenDeferred }],
  ['WixDependencyRequire', { extent: 'done', run: requireDependencies }], ['WixDependencyCheck', { extent: 'done', run: checkDependents }],
  ['WixWaitForEvent', nothingToDo('there are no events to wait for')],
  ['WixBroadcastSettingChange', nobodyListens], ['WixBroadcastEnvironmentChange', nobodyListens],
  ['WixShellExec', { extent: 'told', run: shellExecute }], ['WixUnelevatedShellExec', { extent: 'told', run: shellExecute }],
  ['WixShellExecBinary', nothingToDo('nothing is opened: nobody sits before the root')],
  ['PrintEula', nothingToDo('nothing is printed')], ['ValidatePath', scheduling('done', validatePath)],
  ['ConfigureUsers', users], ['CreateUser', writtenAlready], ['CreateUserRollback', writtenAlready], ['RemoveUser', writtenAlready],
  ['ConfigureGroups', groups], ['CreateGroup', writtenAlready], ['CreateGroupRollback', writtenAlready], ['RemoveGroup', writtenAlready],
  ['AddGroupMembership', writtenAlready], ['AddGroupMembershipRollback', writtenAlready], ['RemoveGroupMembership', writtenAlready], ['RemoveGroupMembershipRollback', writtenAlready],
  ['ConfigureSmbInstall', shares('install')], ['ConfigureSmbUninstall', shares('remove')], ['CreateSmb', writtenAlready], ['DropSmb', writtenAlready],
  ['InstallPerfCounterData', counterData('install')], ['UninstallPerfCounterData', counterData('remove')],
  ['RegisterPerfCounterData', writtenAlready], ['UnregisterPerfCounterData', writtenAlready],
  ['ConfigurePerfmonInstall', counterFiles('install')], ['ConfigurePerfmonUninstall', counterFiles('remove')], ['RegisterPerfmon', writtenAlready], ['UnregisterPerfmon', writtenAlready],
  ['ConfigurePerfmonManifestRegister', manifests('counters', 'install')], ['ConfigurePerfmonManifestUnregister', manifests('counters', 'remove')],
  ['ConfigureEventManifestRegister', manifests('events', 'install')], ['ConfigureEventManifestUnregister', manifests('events', 'remove')],
  ['SchedFirewallExceptionsInstall', firewall('install')], ['SchedFirewallExceptionsUninstall', firewall('remove')], ['ExecFirewallExceptions', writtenAlready],
  ['SchedNetFx', nativeImages], ['ExecNetFx', writtenAlready],
  ['CheckFX', scheduling('done', checkFramework)], ['CheckNETCore', scheduling('done', checkRuntime)], ['VsdLaunchConditions', scheduling('done', checkLaunchConditions)],
])

export function nativeAction({ kind, target }: { readonly kind: CustomActionKind; readonly target: string }): NativeAction | undefined {
  return kind === 'library' ? nativeEntryPoints.get(target) : undefined
}
