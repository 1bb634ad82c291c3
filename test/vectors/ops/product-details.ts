// What is recorded of one product in one context: users, sources, features.
import { featureState, productInfo, productInfoIn, productState, sourceList, type SourceList } from 'msikit/engine'
import { contextOf, isProductCode } from '../api/product-arguments.ts'
import { invalidParameter, moreData, noMoreItems, returnCode, success, unknownProduct } from '../api/return-code.ts'
import { textOut } from '../api/text-buffer.ts'
import type { Found, Operation, Step, World } from '../world.ts'

const unknownFeature = 1606
const unknownProperty = 1608
const untouched = 0xdeadbeef
/** USERINFOSTATE */
const userInfo = { moreData: -3, invalidArgument: -2, unknown: -1, absent: 0, present: 1 } as const
/** MSISOURCETYPE_NETWORK and MSISOURCETYPE_URL; MSICODE_PATCH. */
const sourceType = { network: 1, url: 2 } as const
const patchCodes = 0x40000000

export const productDetailOperations: Readonly<Record<string, Operation>> = {
  MsiQueryFeatureStateEx: ({ product, user, context, feature }, world) => {
    const where = contextOf(context, user)
    if (!isProductCode(product) || where === undefined || typeof feature !== 'string') return { rc: invalidParameter, lastError: untouched }
    // What the scenarios see of the last error differs by context only.
    const lastError = where.context === 'machine' ? untouched : success
    const rc = returnCode(() => { productInfoIn(world.platform, product, where.context, 'State', where.userSid) })
    if (rc !== success) return { rc: unknownProduct, lastError }
    const state = featureState(world.platform, product, feature)
    return state === -1 ? { rc: unknownFeature, lastError, state } : { rc: success, state, lastError }
  },
  MsiGetUserInfo: getUserInfo,
  MsiSourceListGetInfo: (step, world) => {
    const { product, property, options } = step
    const where = contextOf(step['context'], step['user'])
    if (!isProductCode(product) || where === undefined || typeof property !== 'string' || property === '' || (Number(options) & patchCodes) !== 0) return { rc: invalidParameter }
    let text: string | undefined
    const rc = returnCode(() => { text = sourceFact(sourceList(world.platform, product, where), property) })
    if (rc !== success) return { rc }
    return text === undefined ? { rc: unknownProperty } : { ...textOut(text, step, world) }
  },
  MsiSourceListEnumSources: (step, world) => {
    const { product, options, index } = step
    const where = contextOf(step['context'], step['user'])
    const kind = Number(options) & 3
    if (!isProductCode(product) || where === undefined || (kind !== sourceType.network && kind !== sourceType.url)) return { rc: invalidParameter }
    let sources: readonly string[] = []
    const rc = returnCode(() => {
      const list = sourceList(world.platform, product, where)
      sources = kind === sourceType.network ? list.network : list.urls
    })
    const source = sources[Number(index)]
    if (rc !== success) return { rc }
    return source === undefined ? { rc: noMoreItems } : { ...textOut(source, step, world) }
  },
}

function sourceFact(list: SourceList, property: string): string | undefined {
  switch (property) {
    case 'PackageName': return list.packageName
    case 'LastUsedSource': return list.lastUsed
    case 'LastUsedType': return list.lastUsedType === undefined ? '' : list.lastUsedType.slice(0, 1)
    case 'MediaPackagePath': return list.mediaPackagePath
    case 'DiskPrompt': return list.diskPrompt
    default: return undefined
  }
}

function getUserInfo(step: Step, world: World): Found {
  const { product, omit = [] } = step
  const fields = [['user', 'userSize', 'RegOwner'], ['organization', 'organizationSize', 'RegCompany'], ['serial', 'serialSize', 'ProductID']] as const
  const lacksSize = fields.some(([buffer, size]) => !omit.includes(buffer) && omit.includes(size))
  if (!isProductCode(product) || lacksSize) return { state: userInfo.invalidArgument }
  if (productState(world.platform, product) < 1) return { state: userInfo.unknown }
  const found: Record<string, unknown> = { state: userInfo.present }
  for (const [buffer, size, property] of fields) {
    let text = ''
    const rc = returnCode(() => { text = productInfo(world.platform, product, property) })
    if (rc !== success && rc !== unknownProperty) return { state: userInfo.unknown }
    if (property === 'RegOwner' && text === '') return { state: userInfo.absent }
    if (omit.includes(size)) continue
    const out = textOut(text, { ...step, bufferChars: step[size], omit: omit.includes(buffer) ? ['value'] : [] }, world)
    if (out.rc === moreData) found['state'] = userInfo.moreData
    Object.assign(found, { [buffer]: out.value, [size]: out.size })
  }
  return found
}
