// The patches of an installation: those the product has and those that come, without those that go, applied to the package
// in memory in the order of their sequence.
// https://learn.microsoft.com/windows/win32/msi/patching, …/patch, …/msipatchremove
import { isGuid, WindowsError, type ByteSource } from '../../base/index.ts'
import { applyTransform, readTransformSummary, transformErrorConditions, transformErrors, type Database, type PatchTransform } from '../../database/index.ts'
import type { Platform } from '../../platform/index.ts'
import { PatchState, productPatches } from '../registration/patches.ts'
import { findInstalledProduct, type InstalledProduct } from '../session/features/installed-state.ts'
import { listProducts } from './find-product.ts'
import { installedPatches, openPatchFile, type PatchFile } from './installed-patches.ts'
import { openPackage, repackage, type Package } from './package.ts'
import { numberMedia, sourceName, type PatchMedia } from './patch-media.ts'
import { keepWhatGoes, type KeptForRemoval } from './patch-removal.ts'
import { sequencePatches, type PatchSequencing } from './patch-sequence.ts'

/** A patch as this installation leaves it. */
export interface ProductPatch extends PatchFile {
  readonly state: (typeof PatchState)[keyof typeof PatchState]
  /** `:name;:#name` of what it contributes; `''` unless it is applied. */
  readonly transforms: string
  readonly removable: boolean
}

/** Patches of a package that is run, and what follows from them. */
export interface PackagePatches {
  /** In the order in which they came; applied ones have transforms. */
  readonly all: readonly ProductPatch[]
  /** In the order in which they are applied. */
  readonly applied: readonly ProductPatch[]
  readonly added: readonly ProductPatch[]
  readonly removed: readonly PatchFile[]
  /** Whether the product is installed already: it is installed again for patches that come or go. */
  readonly installsAgain: boolean
  /** By DiskId: whose cabinet it is. */
  readonly media: ReadonlyMap<number, PatchMedia>
  /** What only patches had that go. */
  readonly goes: KeptForRemoval
  stream(patchCode: string, name: string): ByteSource | undefined
}

/** What the command line says of patches. */
export interface PatchRequest {
  /** PATCH: paths of patches that come. */
  readonly add: readonly string[]
  /** MSIPATCHREMOVE: codes or paths of patches that go. */
  readonly remove: readonly string[]
  /** The whole product goes: patches that cannot be opened are left out. */
  readonly removesProduct: boolean
}

export function patchRequest(settings: ReadonlyMap<string, string>): PatchRequest {
  const list = (name: string): string[] => (settings.get(name) ?? '').split(';').map((one) => one.trim().replace(/^"(.*)"$/, '$1')).filter((one) => one !== '')
  return { add: list('PATCH'), remove: list('MSIPATCHREMOVE'), removesProduct: (settings.get('REMOVE') ?? '').toUpperCase() === 'ALL' }
}

/**
 * The package with its patches; the same when there are none.
 * @throws WindowsError 1635, 1636 for a patch that cannot be read; 1642 for one that is made for something else, 1646 and 1647
 *   for one that cannot be removed or is not installed
 */
export function applyPatches(platform: Platform, source: Package, installed: InstalledProduct | undefined, request: PatchRequest): Package {
  const present = installed === undefined ? [] : installedPatches(platform, installed, request.removesProduct)
  const opened = [...present]
  try {
    const added = request.add.map((path) => {
      const file = openPatchFile(platform, path)
      opened.push(file)
      return file
    }).filter((file) => present.every(({ patch }) => patch.code.toUpperCase() !== file.patch.code.toUpperCase()))
    const removed = request.remove.map((what) => removablePatch(platform, present, what))
    if (present.length === 0 && added.length === 0) return disposing(source, opened)
    checkTargets(source, added)
    return disposing(patched(platform, source, { present, added, removed, isInstalled: installed?.advertisedOnly === false }), opened)
  } catch (error) {
    for (const { patch } of opened) patch.database[Symbol.dispose]()
    throw error
  }
}

const nothingGoes: KeptForRemoval = { restores: new Set(), components: new Set(), features: new Set() }

interface PatchSets {
  readonly present: readonly PatchFile[]
  readonly added: readonly PatchFile[]
  readonly removed: readonly PatchFile[]
  readonly isInstalled: boolean
}

function patched(platform: Platform, source: Package, { present, added, removed, isInstalled }: PatchSets): Package {
  const candidates = [...present.filter((one) => !removed.includes(one)), ...added]
  const sequencing = sequencePatches(candidates, source.database)
  const useless = added.find((one) => sequencing.inapplicable.includes(one))
  if (useless !== undefined) throw new WindowsError('ERROR_PATCH_TARGET_NOT_FOUND', `patch ${useless.path}: it is made for another version of ${source.properties.get('ProductName') ?? source.productCode}, or one with other patches`)
  const replacing = sequencing.applied.find(({ transform: { target } }) => target.updatedProductCode.toUpperCase() !== target.productCode.toUpperCase())
  if (replacing !== undefined) throw new WindowsError('ERROR_PATCH_PACKAGE_UNSUPPORTED', `patch ${replacing.candidate.path}: it makes another product of ${source.productCode}; install that product's package`)
  const media = applySequence(source.database, sequencing)
  const states = candidates.map((one) => productPatch(one, sequencing))
  const gone = removed.length === 0 ? undefined : withRemoved(platform, source, present)
  const goes = gone === undefined ? nothingGoes : keepWhatGoes(source.database, gone.database, filesOf(gone, removed))
  gone?.opened[Symbol.dispose]()
  const databases = new Map(candidates.map(({ patch }) => [patch.code, patch.database]))
  const applied = sequencing.applied.map(({ candidate }) => states.find(({ patch }) => patch === candidate.patch)!)
  return {
    ...repackage(source),
    patches: {
      all: states, applied, removed, installsAgain: isInstalled, added: states.filter(({ localPackage }) => localPackage === ''), media, goes,
      stream: (code, name) => databases.get(code)?.stream(name),
    },
  }
}

/** Transforms in pairs, the media of each patch numbered so that no two are the same. */
function applySequence(database: Database, { applied }: PatchSequencing<PatchFile>): Map<number, PatchMedia> {
  const media = new Map<number, PatchMedia>()
  for (const { candidate, transform } of applied) {
    apply(database, transform.product)
    if (transform.patch !== undefined) numberMedia(database, media, candidate, () => { apply(database, transform.patch!) })
  }
  return media
}

/** Tables of patches may have come with another patch already. */
function apply(database: Database, transform: PatchTransform['product']): void {
  applyTransform(database, transform, { errorConditions: transformErrorConditions(readTransformSummary(transform)) | transformErrors.addExistingTable })
}

/** The package once more, as it is installed: with the patches that go. */
function withRemoved(platform: Platform, source: Package, present: readonly PatchFile[]) {
  const opened = openPackage(platform, source.path)
  return { opened, database: opened.database, media: applySequence(opened.database, sequencePatches(present, opened.database)) }
}

function filesOf({ database, media }: { readonly database: Database; readonly media: ReadonlyMap<number, PatchMedia> }, removed: readonly PatchFile[]): Set<string> {
  const ranges = [...media.values()].filter(({ patchCode }) => removed.some(({ patch }) => patch.code === patchCode))
  const files = new Set<string>()
  for (const row of database.table('File')?.rows() ?? []) {
    const sequence = row.integer('Sequence') ?? 0
    if (ranges.some((one) => sequence >= one.firstSequence && sequence <= one.lastSequence)) files.add(row.text('File'))
  }
  return files
}

function productPatch(file: PatchFile, { applied, superseded, obsoleted }: PatchSequencing<PatchFile>): ProductPatch {
  const mine = applied.find(({ candidate }) => candidate === file)
  const state = mine !== undefined ? PatchState.applied : superseded.includes(file) ? PatchState.superseded : obsoleted.includes(file) ? PatchState.obsoleted : PatchState.registered
  const transforms = mine === undefined ? '' : `:${mine.transform.name}${mine.transform.patch === undefined ? '' : `;:#${mine.transform.name}`}`
  return { ...file, state, transforms, removable: isRemovable(file) }
}

/** https://learn.microsoft.com/windows/win32/msi/uninstallable-patches */
function isRemovable({ patch }: PatchFile): boolean {
  return patch.metadata.some(({ company, property, value }) => company === '' && property === 'AllowRemoval' && value === '1')
}

function removablePatch(platform: Platform, present: readonly PatchFile[], what: string): PatchFile {
  const code = (isGuid(what) ? what : codeOfFile(platform, what)).toUpperCase()
  const found = present.find(({ patch }) => patch.code.toUpperCase() === code)
  if (found === undefined) throw new WindowsError('ERROR_UNKNOWN_PATCH', `patch ${what}: expected one that the product has`)
  if (!isRemovable(found)) throw new WindowsError('ERROR_PATCH_REMOVAL_UNSUPPORTED', `patch ${what}: its MsiPatchMetadata table does not allow its removal; remove and install the product`)
  return found
}

function codeOfFile(platform: Platform, path: string): string {
  const { patch } = openPatchFile(platform, path)
  patch.database[Symbol.dispose]()
  return patch.code
}

/** Installed products that some of the patches are made for, each with these. @throws WindowsError 1635, 1636 */
export function patchTargets(platform: Platform, paths: readonly string[]): { productCode: string; patches: string[] }[] {
  const targets = new Map<string, string[]>()
  for (const path of paths) {
    const { patch } = openPatchFile(platform, path)
    patch.database[Symbol.dispose]()
    for (const code of patch.targets.map((target) => target.toUpperCase())) {
      const installed = findInstalledProduct(platform.registry, platform.machine, code)
      if (installed !== undefined && !installed.advertisedOnly) targets.set(code, [...targets.get(code) ?? [], path])
    }
  }
  return [...targets].map(([productCode, patches]) => ({ productCode, patches }))
}

/**
 * The products that have one of these patches applied, by code or file, with those that they have.
 * @throws WindowsError 1635 and 1636 for a file that cannot be read
 */
export function patchHolders(platform: Platform, patches: readonly string[]): { productCode: string; patches: string[] }[] {
  const codes = patches.map((what) => {
    if (isGuid(what)) return what.toUpperCase()
    const { patch } = openPatchFile(platform, what)
    patch.database[Symbol.dispose]()
    return patch.code.toUpperCase()
  })
  return listProducts(platform).map(({ productCode }) => {
    const applied = new Set(productPatches(platform, productCode).map(({ patchCode }) => patchCode.toUpperCase()))
    return { productCode, patches: codes.filter((code) => applied.has(code)) }
  }).filter((holder) => holder.patches.length > 0)
}

function checkTargets({ productCode, properties }: Package, added: readonly PatchFile[]): void {
  for (const { patch, path } of added) {
    if (patch.targets.some((target) => target.toUpperCase() === productCode)) continue
    throw new WindowsError('ERROR_PATCH_TARGET_NOT_FOUND', `patch ${path}: it is for ${patch.targets.join(', ') || 'no product'}, found ${properties.get('ProductName') ?? ''} ${productCode}`)
  }
}

function disposing(source: Package, files: readonly PatchFile[]): Package {
  if (files.length === 0) return source
  return {
    ...source,
    [Symbol.dispose]: () => {
      for (const { patch } of files) patch.database[Symbol.dispose]()
      source[Symbol.dispose]()
    },
  }
}

/** What the engine says of the patches that come and go. https://learn.microsoft.com/windows/win32/msi/patch, …/msipatchremovallist */
export function patchProperties({ added, removed, media }: PackagePatches): ReadonlyMap<string, string> {
  const properties = new Map<string, string>()
  for (const { patchCode, path, sourceProperty } of media.values()) {
    if (!added.some(({ patch }) => patch.code === patchCode)) continue
    for (const name of [sourceName(patchCode), sourceProperty]) if (name !== '') properties.set(name, path)
  }
  if (removed.length > 0) properties.set('MsiPatchRemovalList', removed.map(({ patch }) => patch.code).join(';'))
  return properties
}
