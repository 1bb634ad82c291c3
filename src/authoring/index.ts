export { Component, componentAttribute, type ComponentOptions, type FileOptions, type ShortcutOptions } from './component.ts'
export {
  callLibrary, failWith, runProgram, runScript, setFolder, setProperty, type CustomAction, type CustomActionOptions, type CustomActionSource,
} from './custom-actions.ts'
export type { Content, RowValues } from './draft.ts'
export { Feature, featureAttribute, type FeatureOptions } from './feature.ts'
export { Folder, type FolderOptions, type StandardFolder } from './folder.ts'
export { fileHash, Media, type MediaOptions } from './media.ts'
export { nameGuid } from './name-guid.ts'
export {
  PackageBuilder, type BuildOptions, type BuiltPackage, type MajorUpgradeOptions, type PropertyOptions, type ScheduleOptions,
} from './package-builder.ts'
export { buildPatch, type PatchDefinition, type PatchFamily, type PatchTarget } from './patch.ts'
export type { Platform, Product, ProductDefinition } from './product.ts'
export { sequenceRows, sequenceTables, type SequencePosition, type SequenceTable } from './sequences.ts'
export {
  registryRoots, serviceEvent, type EnvironmentOptions, type RegistryRoot, type RegistryValue, type ServiceOptions,
} from './values.ts'
