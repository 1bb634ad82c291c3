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
  /** @param source a path, or a database that is open, and where it is from: `''` for nowhere. @param safe ignores the machine's state */
  openPackage?(source: string | { readonly database: Database; readonly path: string }, safe: boolean): SessionPort
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
  /** @param transforms paths, the first one that of the instance when there are several of the product */
  advertise(path: string, perMachine: boolean, transforms: readonly string[], language: number, isNewInstance: boolean): Promise<number>
  /** Of installations from now on. @param mode letters of `/L` @param file `''` for none */
  enableLog(mode: string, file: string): void
  changeSources(owner: SourceOwner, change: SourceChange): void
  /** Counts a use of a feature. */
  countUse(productCode: string, feature: string): void
}

/** A product as one context has it. */
export interface ProductInstance {
  readonly productCode: string
  /** MSIINSTALLCONTEXT: 1 managed by an administrator for the user, 2 the user's, 4 the machine's. */
  readonly context: number
  /** `''` for the machine. */
  readonly userSid: string
}

/** A patch as one product has it. */
export interface PatchInstance extends ProductInstance {
  readonly patchCode: string
}

/** Whose list of sources is meant: of the first context that publishes the product, when it says nothing of one. */
export type SourceOwner = Pick<ProductInstance, 'productCode'> & Partial<PatchInstance>

export interface Sources {
  readonly packageName: string
  readonly lastUsed: string
  readonly lastUsedType: 'network' | 'url' | 'media' | undefined
  readonly network: readonly string[]
  readonly urls: readonly string[]
  readonly media: ReadonlyMap<number, { readonly volumeLabel: string; readonly prompt: string }>
  readonly diskPrompt: string
  readonly mediaPackagePath: string
}

export type SourceChange =
  /** @param place from 1; 0 is the end of the list */
  | { readonly change: 'add'; readonly kind: 'network' | 'url'; readonly source: string; readonly place: number }
  | { readonly change: 'remove' | 'use'; readonly kind: 'network' | 'url'; readonly source: string }
  | { readonly change: 'clear'; readonly kinds: readonly ('network' | 'url' | 'media')[] }
  | { readonly change: 'forget-last-used' }
  | { readonly change: 'add-disk'; readonly disk: number; readonly volumeLabel: string; readonly prompt: string }
  | { readonly change: 'remove-disk'; readonly disk: number }
  | { readonly change: 'info'; readonly property: string; readonly value: string }

export interface FilesPort {
  read(path: string): ByteSource
  /** The file has its new content when this returns, and its old one when it throws. */
  write(path: string, write: (sink: ByteSink) => void): void
  /** No error when it is there. */
  createFolder(path: string): void
  join(folder: string, name: string): string
  attributes(path: string): number
  /** Version and language of a program. */
  version(path: string): { readonly version: string; readonly languages: string }
  /** MsiGetFileHash: four signed numbers. */
  hash(path: string): readonly number[]
  /** Who signed a package or a cabinet, and the digest that is signed. `undefined` without a signature. */
  signature?(path: string): Promise<{ readonly certificate: Uint8Array; readonly hash: Uint8Array; readonly isIntact: boolean } | undefined>
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
  /** @param productCode `''` for all @param userSid `''` for the user's own @param contexts bits of {@link ProductInstance.context} */
  instances(productCode: string, userSid: string, contexts: number): readonly ProductInstance[]
  instanceState(product: ProductInstance): number
  instanceInfo(product: ProductInstance, attribute: string): string
  instanceFeatureState(product: ProductInstance, feature: string): number
  instanceComponentState(product: ProductInstance, component: string): number
  /** @param states bits of MSIPATCHSTATE */
  patchInstances(productCode: string, userSid: string, contexts: number, states: number): readonly PatchInstance[]
  patchInstanceInfo(patch: PatchInstance, attribute: string): string
  componentInstances(userSid: string, contexts: number): readonly (Omit<ProductInstance, 'productCode'> & { readonly componentCode: string })[]
  clientInstances(component: string, userSid: string, contexts: number): readonly ProductInstance[]
  componentLocation(productCode: string, component: string): { readonly state: number; readonly path: string }
  sources(owner: SourceOwner): Sources
  qualifiers(category: string): readonly string[]
  qualifierDescription(category: string, qualifier: string): string
  /** Where an installed component is. Nothing is installed for it. */
  provideComponent(productCode: string, feature: string, component: string): string
  provideQualifiedComponent(category: string, qualifier: string): string
  /** Managed: of the machine, or by an administrator for the user. */
  isElevated(productCode: string): boolean
  /** `date` as MS-DOS has it. */
  featureUsage(productCode: string, feature: string): { readonly count: number; readonly date: number }
  /** What a Darwin descriptor says. */
  describedBy(descriptor: string): { readonly productCode: string; readonly feature: string; readonly component: string } | undefined
}
