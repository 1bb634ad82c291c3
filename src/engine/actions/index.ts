// The registry of standard actions: name as the sequence tables spell it → action. An action that is not here is looked
// for in the CustomAction table, then in the Dialog table. https://learn.microsoft.com/windows/win32/msi/standard-actions-reference, …/running-actions
import { resolveSourceIfPresent } from '../session/folders/source.ts'
import type { StandardAction } from './action.ts'
import { appSearch, ccpSearch, rmccpSearch } from './app-search.ts'
import { msiPublishAssemblies, msiUnpublishAssemblies } from './assemblies.ts'
import { registerClassInfo, unregisterClassInfo } from './class-info.ts'
import { msiConfigureServices } from './configure-services.ts'
import { costFinalize, costInitialize, fileCost, isolateComponents } from './costing.ts'
import { createFolders } from './create-folders.ts'
import { duplicateFiles, removeDuplicateFiles } from './duplicate-files.ts'
import type { EngineAction } from './engine-action.ts'
import { removeEnvironmentStrings, writeEnvironmentStrings } from './environment-strings.ts'
import { registerExtensionInfo, unregisterExtensionInfo } from './extension-info.ts'
import { findRelatedProducts } from './find-related-products.ts'
import { registerFonts, unregisterFonts } from './fonts.ts'
import { removeIniValues, writeIniValues } from './ini-values.ts'
import { installAdminPackage } from './install-admin-package.ts'
import { installFiles } from './install-files.ts'
import { installValidate } from './install-validate.ts'
import { launchConditions } from './launch-conditions.ts'
import { migrateFeatureStates } from './migrate-feature-states.ts'
import { registerMimeInfo, unregisterMimeInfo } from './mime-info.ts'
import { moveFiles } from './move-files.ts'
import { installOdbc, removeOdbc } from './odbc.ts'
import { processComponents } from './process-components.ts'
import { validateProductId } from './product-id.ts'
import { registerProgIdInfo, unregisterProgIdInfo } from './prog-id-info.ts'
import { publishComponents, unpublishComponents } from './publish-components.ts'
import { publishFeatures, publishProduct, unpublishFeatures } from './publish-product.ts'
import { forceReboot, scheduleReboot } from './reboot.ts'
import { registerProduct, registerUser } from './register-product.ts'
import { removeExistingProducts } from './remove-existing-products.ts'
import { removeFiles } from './remove-files.ts'
import { removeFolders } from './remove-folders.ts'
import { removeRegistryValues } from './remove-registry-values.ts'
import { resolveSource } from './resolve-source.ts'
import { selfRegModules, selfUnregModules } from './self-reg-modules.ts'
import { deleteServices, installServices, startServices, stopServices } from './services.ts'
import { setOdbcFolders } from './set-odbc-folders.ts'
import { createShortcuts, removeShortcuts } from './shortcuts.ts'
import { executeAction, sequence } from './top-level.ts'
import { disableRollback, installExecute, installFinalize, installInitialize } from './transaction-actions.ts'
import { registerTypeLibraries, unregisterTypeLibraries } from './type-libraries.ts'
import { actionsToldOnly, actionsWithoutWork } from './without-effect.ts'
import { writeRegistryValues } from './write-registry-values.ts'

/** Actions that write the script. They see the session's interface only. */
const scriptActions: Readonly<Record<string, StandardAction>> = {
  ...actionsToldOnly,
  ...actionsWithoutWork,
  CreateFolders: createFolders,
  CreateShortcuts: createShortcuts,
  DeleteServices: deleteServices,
  DuplicateFiles: duplicateFiles,
  InstallAdminPackage: installAdminPackage,
  InstallFiles: installFiles,
  InstallODBC: installOdbc,
  InstallServices: installServices,
  MoveFiles: moveFiles,
  MsiConfigureServices: msiConfigureServices,
  MsiPublishAssemblies: msiPublishAssemblies,
  MsiUnpublishAssemblies: msiUnpublishAssemblies,
  ProcessComponents: processComponents,
  PublishComponents: publishComponents,
  PublishFeatures: publishFeatures,
  PublishProduct: publishProduct,
  RegisterClassInfo: registerClassInfo,
  RegisterExtensionInfo: registerExtensionInfo,
  RegisterFonts: registerFonts,
  RegisterMIMEInfo: registerMimeInfo,
  RegisterProduct: registerProduct,
  RegisterProgIdInfo: registerProgIdInfo,
  RegisterTypeLibraries: registerTypeLibraries,
  RegisterUser: registerUser,
  RemoveDuplicateFiles: removeDuplicateFiles,
  RemoveEnvironmentStrings: removeEnvironmentStrings,
  RemoveFiles: removeFiles,
  RemoveFolders: removeFolders,
  RemoveIniValues: removeIniValues,
  RemoveODBC: removeOdbc,
  RemoveRegistryValues: removeRegistryValues,
  RemoveShortcuts: removeShortcuts,
  SelfRegModules: selfRegModules,
  SelfUnregModules: selfUnregModules,
  StartServices: startServices,
  StopServices: stopServices,
  UnpublishComponents: unpublishComponents,
  UnpublishFeatures: unpublishFeatures,
  UnregisterClassInfo: unregisterClassInfo,
  UnregisterExtensionInfo: unregisterExtensionInfo,
  UnregisterFonts: unregisterFonts,
  UnregisterMIMEInfo: unregisterMimeInfo,
  UnregisterProgIdInfo: unregisterProgIdInfo,
  UnregisterTypeLibraries: unregisterTypeLibraries,
  WriteEnvironmentStrings: writeEnvironmentStrings,
  WriteIniValues: writeIniValues,
  WriteRegistryValues: writeRegistryValues,
}

/** Actions that decide, and the brackets of the script. They see all of the session. */
const engineActions: Readonly<Record<string, EngineAction>> = {
  AppSearch: appSearch,
  CCPSearch: ccpSearch,
  CostFinalize: costFinalize,
  CostInitialize: costInitialize,
  DisableRollback: disableRollback,
  ExecuteAction: executeAction,
  FileCost: fileCost,
  FindRelatedProducts: findRelatedProducts,
  ForceReboot: forceReboot,
  InstallExecute: installExecute,
  InstallExecuteAgain: installExecute,
  InstallFinalize: installFinalize,
  InstallInitialize: installInitialize,
  InstallValidate: installValidate,
  IsolateComponents: isolateComponents,
  LaunchConditions: launchConditions,
  MigrateFeatureStates: migrateFeatureStates,
  RMCCPSearch: rmccpSearch,
  RemoveExistingProducts: removeExistingProducts,
  ResolveSource: resolveSource,
  SEQUENCE: sequence,
  ScheduleReboot: scheduleReboot,
  SetODBCFolders: setOdbcFolders,
  ValidateProductID: validateProductId,
}

/** SourceDir is set by them when nobody did before. */
const usesSource = new Set(['InstallFiles', 'ProcessComponents'])

/** Every name that a sequence table can have a standard action under. */
export function standardActionNames(): string[] {
  return [...Object.keys(engineActions), ...Object.keys(scriptActions)].sort()
}

/** Modules that register themselves are named by the script, and left to Windows. */
const toldByTheScript = new Set(['SelfRegModules', 'SelfUnregModules'])

/**
 * How far an action goes: `told` says in the log what only a running Windows could do, `nothing` has no work to do.
 * docs/compatibility.md says the same, for people.
 */
export function actionExtent(name: string): 'done' | 'told' | 'nothing' | undefined {
  if (Object.hasOwn(actionsToldOnly, name) || toldByTheScript.has(name)) return 'told'
  if (Object.hasOwn(actionsWithoutWork, name)) return 'nothing'
  return findStandardAction(name) === undefined ? undefined : 'done'
}

/** Whether the action's work is left to the script. */
export function writesScript(name: string): boolean {
  return Object.hasOwn(scriptActions, name)
}

/** The action of this name; names are case-sensitive. */
export function findStandardAction(name: string): EngineAction | undefined {
  if (Object.hasOwn(engineActions, name)) return engineActions[name]
  const action = Object.hasOwn(scriptActions, name) ? scriptActions[name] : undefined
  return action === undefined || !usesSource.has(name) ? action : (session) => {
    resolveSourceIfPresent(session)
    return action(session)
  }
}
