// RegisterProduct: Add/Remove Programs, InstallProperties, and the cached package. RegisterUser beside it.
// https://learn.microsoft.com/windows/win32/msi/registerproduct-action, …/registeruser-action
import { bytesToHex, joinPath, parentPath, withTrailingBackslash } from '../../base/index.ts'
import { installPropertiesKey, localPackageName } from '../registration/keys.ts'
import { patchesRegister, patchesUnregister, unneededPatchFiles } from '../registration/patch-registration.ts'
import { productRegister, productUnregister, userRegister } from '../registration/publish.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { becomesAvailable } from './availability.ts'
import { iconPath } from './icons.ts'

export const registerProduct: StandardAction = (session) => {
  const { context, product } = session
  if (context.removingProduct || !(context.isInstalled || becomesAvailable(session))) return
  const cached = cachedPackage(session)
  const isCached = cached !== undefined && session.platform.files.stat(cached)?.kind === 'file'
  const recache = !isCached || context.reinstallMode.includes('v')
  const localPackage = cached ?? newCachedFile(session, 'msi', product.packageCode)
  if (recache) {
    session.emit({ op: 'DatabaseCopy', source: session.properties.get('OriginalDatabase'), destination: localPackage, administrative: false })
  }
  const icon = session.properties.get('ARPPRODUCTICON')
  const patchFiles = new Map((session.patches?.added ?? []).map((patch) => [patch, newCachedFile(session, 'msp', patch.patch.code)]))
  for (const [patch, destination] of patchFiles) session.emit({ op: 'DatabaseCopy', source: patch.path, destination, administrative: false })
  const edits = [...productRegister(session, localPackage, icon === '' ? '' : iconPath(session, icon)), ...patchesRegister(session, (patch) => patchFiles.get(patch)!)]
  session.emit({ op: 'ProductRegister', subject: product.productCode, edits }, { data: { 1: product.productCode } })
  for (const path of unneededPatchFiles(session, session.patches?.removed ?? [])) removeFile(session, path)
}

/** Nothing without a ProductID. */
export const registerUser: StandardAction = (session) => {
  const id = session.properties.get('ProductID')
  if (id === '' || session.context.removingProduct || !(session.context.isInstalled || becomesAvailable(session))) return
  session.emit({ op: 'UserRegister', subject: session.product.productCode, edits: userRegister(session) }, { data: { 1: id } })
}

/** Last of all at a full removal: the package that is being read goes too. */
export function unregisterProduct(session: Session): void {
  const cached = cachedPackage(session)
  session.emit({ op: 'ProductUnregister', subject: session.product.productCode, edits: [...productUnregister(session), ...patchesUnregister(session)] })
  for (const path of unneededPatchFiles(session, session.patches?.all ?? [])) removeFile(session, path)
  if (cached === undefined || session.platform.files.stat(cached)?.kind !== 'file') return
  session.emit({ op: 'FileRemove', path: cached })
  // Windows has this folder from the start; where an installation had to make it, it goes again.
  session.emit({ op: 'FolderRemove', folder: withTrailingBackslash(parentPath(cached)!), persistent: false })
}

function cachedPackage(session: Session): string | undefined {
  const key = installPropertiesKey(session.context.userDataSid, session.product.packedProductCode)
  const value = session.platform.registry.value(key, localPackageName(session.context.publishRoot))
  return value?.type === 'REG_SZ' && value.data !== '' ? value.data : undefined
}

function removeFile(session: Session, path: string): void {
  if (session.platform.files.stat(path)?.kind === 'file') session.emit({ op: 'FileRemove', path })
}

/** Windows takes any free name; this one follows from the package or patch, so that the same installation gives the same root. */
function newCachedFile(session: Session, extension: 'msi' | 'msp', code: string): string {
  const { files, hashes } = session.platform
  for (let attempt = 0; ; attempt++) {
    const hash = hashes.md5()
    hash.update(new TextEncoder().encode(`${session.product.productCode}${code}${attempt}`))
    const name = bytesToHex(hash.digest().subarray(0, 4)).replace(/^0+(?=.)/, '')
    const path = joinPath(session.properties.get('WindowsFolder'), 'Installer', `${name}.${extension}`)
    if (files.stat(path) === undefined) return path
  }
}
