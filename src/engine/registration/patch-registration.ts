// What Windows records of a product's patches: lists below the product, facts and cached file of each, and where it came from.
// The layout is Windows' own, and not documented. Pure: session in, edits out.
import { packGuid, parentPath, withTrailingBackslash } from '../../base/index.ts'
import type { RegistryValue } from '../../platform/index.ts'
import type { PatchFile } from '../package/installed-patches.ts'
import type { ProductPatch } from '../package/patches.ts'
import type { RegistryEdit } from '../script/operation.ts'
import type { Session } from '../session/session.ts'
import * as keys from './keys.ts'
import { installDate } from './publish.ts'

const sz = (data: string): RegistryValue => ({ type: 'REG_SZ', data })
const dword = (data: number): RegistryValue => ({ type: 'REG_DWORD', data })
const multi = (data: readonly string[]): RegistryValue => ({ type: 'REG_MULTI_SZ', data: [...data] })
const packed = ({ patch }: PatchFile): string => packGuid(patch.code) ?? ''

/** Below the product that is published: the applied ones in the order in which they are applied. */
export function patchesPublish(session: Session): RegistryEdit[] {
  const { patches, product, context } = session
  if (patches === undefined) return []
  const key = `${keys.productKey(context.publishRoot, product.packedProductCode)}\\Patches`
  const fresh: RegistryEdit[] = patches.added.flatMap((one) => sourceList(context.publishRoot, one))
  if (patches.applied.length === 0) return [{ edit: 'delete-key', key }, ...gone(session), ...fresh]
  return [
    { edit: 'delete-key', key }, { edit: 'set', key, name: 'Patches', value: multi(patches.applied.map(packed)) },
    ...patches.applied.map((one): RegistryEdit => ({ edit: 'set', key, name: packed(one), value: sz(one.transforms) })), ...gone(session), ...fresh,
  ]
}

function sourceList(publishRoot: string, patch: ProductPatch): RegistryEdit[] {
  const key = `${publishRoot}\\Patches\\${packed(patch)}\\SourceList`
  const folder = withTrailingBackslash(parentPath(patch.path) ?? '')
  return [
    { edit: 'set', key, name: 'PackageName', value: sz(patch.fileName) }, { edit: 'set', key, name: 'LastUsedSource', value: { type: 'REG_EXPAND_SZ', data: `n;1;${folder}` } },
    { edit: 'set', key: `${key}\\Net`, name: '1', value: { type: 'REG_EXPAND_SZ', data: folder } },
  ]
}

/** Patches that go, where no other product has them. */
function gone(session: Session): RegistryEdit[] {
  return (session.patches?.removed ?? []).filter((one) => !isShared(session, one))
    .map((one) => ({ edit: 'delete-key', key: `${session.context.publishRoot}\\Patches\\${packed(one)}` }))
}

/** Below the product that is registered: all of them, in the order in which they came. @param cached file of a patch in the cache */
export function patchesRegister(session: Session, cached: (patch: ProductPatch) => string): RegistryEdit[] {
  const { patches, product, context } = session
  if (patches === undefined) return []
  const key = `${keys.userDataProductKey(context.userDataSid, product.packedProductCode)}\\Patches`
  return [
    { edit: 'delete-key', key },
    { edit: 'set', key, name: 'AllPatches', value: multi(patches.all.map(packed)) },
    ...patches.all.flatMap((one) => facts(session, `${key}\\${packed(one)}`, one)),
    ...patches.added.map((one): RegistryEdit => ({ edit: 'set', key: cacheKey(session, one), name: keys.localPackageName(context.publishRoot), value: sz(cached(one)) })),
    ...patches.removed.filter((one) => !isShared(session, one)).map((one): RegistryEdit => ({ edit: 'delete-key', key: cacheKey(session, one) })),
  ]
}

function facts(session: Session, key: string, patch: ProductPatch): RegistryEdit[] {
  const text = (name: string): string => patch.patch.metadata.find(({ company, property }) => company === '' && property === name)?.value ?? ''
  const values: Readonly<Record<string, RegistryValue>> = {
    State: dword(patch.state), Uninstallable: dword(patch.removable ? 1 : 0), DisplayName: sz(text('DisplayName')), MoreInfoURL: sz(text('MoreInfoURL')),
    Installed: sz(patch.installed || installDate(session)), LUAEnabled: dword(0), MSI3: dword(1), PatchType: dword(0),
  }
  return Object.entries(values).map(([name, value]) => ({ edit: 'set', key, name, value }))
}

/** What the removal of the product leaves of its patches: nothing, but what other products have too. */
export function patchesUnregister(session: Session): RegistryEdit[] {
  return (session.patches?.all ?? []).filter((one) => !isShared(session, one)).flatMap((one) => [
    { edit: 'delete-key', key: cacheKey(session, one) }, { edit: 'delete-key', key: `${session.context.publishRoot}\\Patches\\${packed(one)}` },
  ])
}

/** Cached files of the patches that go with the product, or before it. */
export function unneededPatchFiles(session: Session, patches: readonly PatchFile[]): string[] {
  return patches.filter((one) => one.localPackage !== '' && !isShared(session, one)).map(({ localPackage }) => localPackage)
}

function cacheKey({ context }: Session, patch: PatchFile): string {
  return `${keys.installerKey}\\UserData\\${context.userDataSid}\\Patches\\${packed(patch)}`
}

/** Whether another product of the same user has the patch. */
function isShared({ platform: { registry }, context, product }: Session, patch: PatchFile): boolean {
  const products = keys.userDataProductsKey(context.userDataSid)
  return registry.subkeys(products).some((other) => other !== product.packedProductCode && registry.keyExists(`${products}\\${other}\\Patches\\${packed(patch)}`))
}
