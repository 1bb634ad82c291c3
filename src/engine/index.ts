export { listProducts, resolveProduct, type ProductListing } from './package/find-product.ts'
export { openPackage, type Package, type PackageSummary } from './package/package.ts'
export {
  administerPackage, advertisePackage, applyPatches, configureProduct, installPackage, planConfiguration, planInstallation, removePatches, repairProduct, uninstallProduct,
} from './install.ts'
export { beginTransaction, type MemberOptions, PackageTransaction, type JoinOptions, type TransactionOptions, type TransactionResult } from './multi-package.ts'
export { isSuccess } from './install-result.ts'
export type { Decisions, InstallOptions, InstallRequest, InstallResult, PatchInstallRequest } from './install-request.ts'
export { sessionPort } from './custom-actions/script.ts'
export { rootInstallerPort } from './custom-actions/script-machine.ts'
export { rootScriptRegistry } from './custom-actions/script-registry.ts'
export { changeSourceList, countFeatureUse } from './custom-actions/script-products.ts'
// Scripts on their own: journalled changes to a root that are committed or taken back.
export { openPackageSession, openProductSession, type PackageToOpen } from './open-package-session.ts'
export { recoverInterruptedInstallation, sweepReplacedFiles, Transaction, type RecoveryReport, type ScriptHost, type ScriptSources } from './script/index.ts'
export type { Operation, ScriptEntry } from './script/operation.ts'
export { formatPropertySettings, parsePropertySettings } from './session/properties/command-line.ts'
export { fileHash } from './session/files/file-states.ts'
export { readFileVersion, type FileVersionInfo } from './session/files/file-version-resource.ts'
export { allPatches, patchInfo, patchInfoIn, PatchState, productPatches, productPatchesIn, type RecordedPatch } from './registration/patches.ts'
export { parseDescriptor, provideComponent, provideQualifiedComponent, qualifiedComponent, type DarwinDescriptor, type ProvideMode } from './registration/qualified-components.ts'
export type { ProductContext } from './registration/product-contexts.ts'
export { productInfo, productInfoIn } from './registration/product-info.ts'
export {
  componentClients, componentLocation, componentLocationIn, componentState, featureState, locateComponent, productState, QueryState, relatedProducts, sharedDllCount,
  type ComponentLocation,
} from './registration/product-states.ts'
export {
  addMediaDisk, addSource, clearSources, forgetLastUsedSource, removeMediaDisk, removeSource, setSourceInfo, sourceList, useSource, type MediaDisk, type SourceList, type SourceListScope,
} from './registration/source-list.ts'
export { continuationOf } from './sequence/continuation.ts'
export type { UiLevel } from './session/properties/initial-properties.ts'
export type { CustomActionPolicy, ForeignProgram, ForeignRunner, LibraryCall, LibraryRunner, PlannedSession } from './session/installation.ts'
export { view32 } from './session/registry-view.ts'
export { InstallError } from './session/messages/install-error.ts'
export { PackageSession, RunMode, type DeferredContext, type FeatureDescription, type SelectionState } from './session/package-session.ts'
export { logFooter, logHeader, type LogMode, type LogSink } from './session/messages/log.ts'
export * from './session/messages/messages.ts'
export { ProgressKind, ProgressMeter } from './session/messages/progress-meter.ts'
export type { InstallMessage, MessageHandler } from './session/messages/session-messages.ts'
export * from './session/features/states.ts'
