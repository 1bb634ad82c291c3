// The registry of standard actions: name as the sequence tables spell it → action. An action that is not here is looked
// for in the CustomAction table, then in the Dialog table. engine-rules §4, custom-actions §1
import type { StandardAction } from './action.ts'
import { registerClassInfo, unregisterClassInfo } from './class-info.ts'
import { createFolders } from './create-folders.ts'
import { duplicateFiles, removeDuplicateFiles } from './duplicate-files.ts'
import { removeEnvironmentStrings, writeEnvironmentStrings } from './environment-strings.ts'
import { registerExtensionInfo, unregisterExtensionInfo } from './extension-info.ts'
import { registerFonts, unregisterFonts } from './fonts.ts'
import { removeIniValues, writeIniValues } from './ini-values.ts'
import { installAdminPackage } from './install-admin-package.ts'
import { installFiles } from './install-files.ts'
import { registerMimeInfo, unregisterMimeInfo } from './mime-info.ts'
import { moveFiles } from './move-files.ts'
import { installOdbc, removeOdbc } from './odbc.ts'
import { processComponents } from './process-components.ts'
import { registerProgIdInfo, unregisterProgIdInfo } from './prog-id-info.ts'
import { publishComponents, unpublishComponents } from './publish-components.ts'
import { publishFeatures, publishProduct, unpublishFeatures } from './publish-product.ts'
import { registerProduct, registerUser } from './register-product.ts'
import { removeFiles } from './remove-files.ts'
import { removeFolders } from './remove-folders.ts'
import { removeRegistryValues } from './remove-registry-values.ts'
import { selfRegModules, selfUnregModules } from './self-reg-modules.ts'
import { deleteServices, installServices, startServices, stopServices } from './services.ts'
import { createShortcuts, removeShortcuts } from './shortcuts.ts'
import { registerTypeLibraries, unregisterTypeLibraries } from './type-libraries.ts'
import { allocateRegistrySpace, bindImage, installSfpCatalogFile, msiConfigureServices, msiPublishAssemblies, msiUnpublishAssemblies, patchFiles, registerComPlus, unregisterComPlus } from './without-effect.ts'
import { writeRegistryValues } from './write-registry-values.ts'

/** Actions that write the script. They see the session's interface only. */
const scriptActions: Readonly<Record<string, StandardAction>> = {
  AllocateRegistrySpace: allocateRegistrySpace,
  BindImage: bindImage,
  CreateFolders: createFolders,
  CreateShortcuts: createShortcuts,
  DeleteServices: deleteServices,
  DuplicateFiles: duplicateFiles,
  InstallAdminPackage: installAdminPackage,
  InstallFiles: installFiles,
  InstallODBC: installOdbc,
  InstallSFPCatalogFile: installSfpCatalogFile,
  InstallServices: installServices,
  MoveFiles: moveFiles,
  MsiConfigureServices: msiConfigureServices,
  MsiPublishAssemblies: msiPublishAssemblies,
  MsiUnpublishAssemblies: msiUnpublishAssemblies,
  PatchFiles: patchFiles,
  ProcessComponents: processComponents,
  PublishComponents: publishComponents,
  PublishFeatures: publishFeatures,
  PublishProduct: publishProduct,
  RegisterClassInfo: registerClassInfo,
  RegisterComPlus: registerComPlus,
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
  UnregisterComPlus: unregisterComPlus,
  UnregisterExtensionInfo: unregisterExtensionInfo,
  UnregisterFonts: unregisterFonts,
  UnregisterMIMEInfo: unregisterMimeInfo,
  UnregisterProgIdInfo: unregisterProgIdInfo,
  UnregisterTypeLibraries: unregisterTypeLibraries,
  WriteEnvironmentStrings: writeEnvironmentStrings,
  WriteIniValues: writeIniValues,
  WriteRegistryValues: writeRegistryValues,
}

export function findScriptAction(name: string): StandardAction | undefined {
  return Object.hasOwn(scriptActions, name) ? scriptActions[name] : undefined
}
