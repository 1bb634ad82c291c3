// What the automation objects stand on: a session, and the machine around it. The engine's PackageSession is a SessionPort.
import type { ByteSink, ByteSource } from '../base/index.ts'
import type { Database } from '../database/index.ts'

/** States are INSTALLSTATE numbers; actions answer Windows codes. Functions throw a WindowsError. */
export interface SessionPort {
  /** `undefined` for captured code. */
  readonly database: Database | undefined
  readonly language: number
  property(name: string): string
  setProperty(name: string, value: string): void
  productProperty(name: string): string
  /** Fields from 0, the template. */
  format(fields: readonly (string | number | null)[]): string
  condition(text: string | null): 'true' | 'false' | 'none' | 'error'
  doAction(name: string): Promise<number>
  sequence(table: string): Promise<number>
  targetPath(folder: string): string
  setTargetPath(folder: string, path: string): void
  sourcePath(folder: string): string
  featureState(name: string): { readonly installed: number; readonly action: number }
  setFeatureState(name: string, state: number): void
  featureInfo(name: string): { readonly attributes: number; readonly title: string; readonly description: string }
  setFeatureAttributes(name: string, attributes: number): void
  featureCost(name: string, tree: 'self' | 'children' | 'parents', state: number): number
  componentState(name: string): { readonly installed: number; readonly action: number }
  setComponentState(name: string, state: number): void
  /** Units of 512 bytes per volume. */
  componentCosts(name: string, state: number): readonly { readonly drive: string; readonly cost: number; readonly temporaryCost: number }[]
  setInstallLevel(level: number): void
  mode(mode: number): boolean
  setMode(mode: number, on: boolean): void
  /** @param kind INSTALLMESSAGE_* and the MB_* bits of its buttons, as the function takes them */
  message(kind: number, fields: readonly (string | number | null)[]): Promise<number>
}

/** The machine that the Installer object speaks of. What is left out is not to be had there: error 445. */
export interface InstallerPort {
  readonly version: string
  readonly utcOffsetMinutes: number
  /** Files; paths as the script's machine has them. Without it databases cannot be opened. */
  readonly files?: FilesPort
  readonly products?: ProductsPort
  readonly installations?: InstallationsPort
  environment?(name: string): string
  setEnvironment?(name: string, value: string): void
  /** The data of a value; `undefined` when it is not there. @param root 0 to 3: HKCR, HKCU, HKLM, HKU */
  registryValue?(root: number, key: string, name: string): string | undefined
  registryKeyExists?(root: number, key: string): boolean
  registryValueNames?(root: number, key: string): readonly string[]
  registrySubkeys?(root: number, key: string): readonly string[]
  /** @param package a path, or a database that is open. @param safe ignores the machine's state */
  openPackage?(source: string | Database, safe: boolean): SessionPort
  openProduct?(productCode: string): SessionPort
}

/** Each answers the Windows code that the installation ended with. */
export interface InstallationsPort {
  install(path: string, settings: string): Promise<number>
  /** @param state INSTALLSTATE: 2 takes it out */
  configure(productCode: string, state: number, settings: string): Promise<number>
  /** @param mode letters of REINSTALLMODE */
  reinstall(productCode: string, features: string, mode: string): Promise<number>
  /** @param state INSTALLSTATE */
  configureFeature(productCode: string, feature: string, state: number): Promise<number>
  /** @param product a code; absent for every product that the patches are for */
  applyPatches(paths: readonly string[], product: string | undefined, settings: string): Promise<number>
  removePatches(patches: readonly string[], productCode: string, settings: string): Promise<number>
}

export interface FilesPort {
  read(path: string): ByteSource
  /** The file has its new content when this returns, and its old one when it throws. */
  write(path: string, write: (sink: ByteSink) => void): void
  join(folder: string, name: string): string
  attributes(path: string): number
  /** Version and language of a program. */
  version(path: string): { readonly version: string; readonly languages: string }
  /** MsiGetFileHash: four signed numbers. */
  hash(path: string): readonly number[]
}

export interface ProductsPort {
  list(): readonly string[]
  info(productCode: string, attribute: string): string
  state(productCode: string): number
  related(upgradeCode: string): readonly string[]
  features(productCode: string): readonly { readonly name: string; readonly parent: string }[]
  featureState(productCode: string, feature: string): number
  componentPath(productCode: string, component: string): string
  componentClients(component: string): readonly string[]
  components(): readonly string[]
  patches(productCode: string): readonly string[]
  patchInfo(patchCode: string, attribute: string): string
  /** Names of the transforms that it contributes. */
  patchTransforms(productCode: string, patchCode: string): string
}
