// Patches that are recorded of products.
import { applyPatches, parsePropertySettings, patchInfo, patchInfoIn, productPatches, productPatchesIn, type RecordedPatch } from 'msikit/engine'
import { contextNumbers, contextOf, isProductCode } from '../api/product-arguments.ts'
import { fileNotFound, invalidParameter, moreData, noMoreItems, returnCode, success } from '../api/return-code.ts'
import { textOut } from '../api/text-buffer.ts'
import { type Found, type Operation, type Step, type World } from '../world.ts'

/** What a variable of the caller holds that is not written. */
const untouched = 0xdeadbeef
const allStates = 15
const pathNotFound = 3
const patchOpenFailed = 1635

export const patchOperations: Readonly<Record<string, Operation>> = {
  MsiApplyPatch: async ({ patch, commandLine }, world) => {
    if (patch === null || patch === '') return { rc: invalidParameter }
    return { rc: await apply([String(patch)], commandLine, world) }
  },
  MsiApplyMultiplePatches: async ({ patches, commandLine }, world) => {
    if (patches === null || patches === '') return { rc: invalidParameter }
    return { rc: await apply(String(patches).split(';'), commandLine, world) }
  },
  MsiEnumPatches: enumPatches,
  MsiEnumPatchesEx: enumPatchesEx,
  MsiGetPatchInfo: (step, world) => {
    const { patch, property } = step
    // The constant that the wide-character calls name is lost in the vectors.
    const name = property === null && step['api'] === 'W' ? 'LocalPackage' : property
    if (!isProductCode(patch) || typeof name !== 'string') return { rc: invalidParameter }
    return infoOut(step, world, 1, () => patchInfo(world.platform, patch, name))
  },
  MsiGetPatchInfoEx: (step, world) => {
    const { patch, product, property } = step
    const where = contextOf(step['context'], step['user'])
    if (!isProductCode(patch) || !isProductCode(product) || where === undefined || typeof property !== 'string' || property === '') return { rc: invalidParameter }
    return infoOut(step, world, step['api'] === 'W' ? 1 : 2, () => patchInfoIn(world.platform, patch, product, where.context, property, where.userSid))
  },
}

async function apply(patches: readonly string[], commandLine: unknown, world: World): Promise<number> {
  const [first = ''] = patches
  if (first === '') return pathNotFound
  if (first.trim() === '') return patchOpenFailed
  if (world.files.stat(world.path(first.trim()))?.kind !== 'file') return fileNotFound
  const properties = Object.fromEntries(parsePropertySettings(String(commandLine ?? '')))
  return (await applyPatches(world.platform, { patches: patches.map((one) => world.path(one.trim())), properties })).exitCode
}

function enumPatches(step: Step, world: World): Found {
  const { product, index, omit = [] } = step
  if (!isProductCode(product) || ['patch', 'transforms', 'size'].some((pointer) => omit.includes(pointer))) return { rc: invalidParameter }
  const { rc, patches } = listed(() => productPatches(world.platform, product))
  if (rc !== success) return { rc }
  const patch = patches[Number(index)]
  if (patch === undefined) return { rc: noMoreItems }
  const { value, ...text } = textOut(patch.transforms, step, world)
  return { ...text, patch: patch.patchCode, transforms: value }
}

function enumPatchesEx(step: Step, world: World): Found {
  const { product, filter, index, omit = [] } = step
  const where = contextOf(step['context'], step['user'])
  const states = Number(filter)
  const wantsUser = !omit.includes('targetUser')
  const unwritten = { targetContext: untouched }
  if (!isProductCode(product) || where === undefined || states < 1 || states > allStates || (wantsUser && omit.includes('size'))) return { rc: invalidParameter, ...unwritten }
  const { rc, patches } = listed(() => productPatchesIn(world.platform, product, where.context, states, where.userSid))
  if (rc !== success) return { rc, ...unwritten }
  const patch = patches[Number(index)]
  // One call beyond the end says that it is the end; further ones are out of turn.
  if (patch === undefined) return { rc: Number(index) > patches.length ? invalidParameter : noMoreItems, ...unwritten }
  const user = where.context === 'machine' ? '' : where.userSid ?? world.platform.machine.user.sid
  const text = userOut(user, step, world)
  return { rc: text.rc, patch: patch.patchCode, targetProduct: product, targetContext: contextNumbers[where.context], targetUser: text.value, size: text.size }
}

/** Without room for it the user's identifier is counted in bytes. */
function userOut(user: string, step: Step, world: World): ReturnType<typeof textOut> {
  const { omit = [] } = step
  if (omit.includes('size')) return { rc: success }
  const text = textOut(user, { ...step, omit: omit.includes('targetUser') ? ['value'] : [] }, world)
  return text.value === user && text.rc === success ? text : { ...text, size: user.length * 2 }
}

function listed(read: () => readonly RecordedPatch[]): { rc: number; patches: readonly RecordedPatch[] } {
  let patches: readonly RecordedPatch[] = []
  const rc = returnCode(() => { patches = read() })
  return { rc, patches }
}

/** @param unitBytes The functions for contexts count bytes where the buffer is too small, or none. */
function infoOut(step: Step, world: World, unitBytes: 1 | 2, read: () => string): Found {
  const { omit = [] } = step
  if (!omit.includes('value') && omit.includes('size')) return { rc: invalidParameter }
  let text = ''
  const rc = returnCode(() => { text = read() })
  if (rc !== success) return { rc }
  if (omit.includes('size')) return { rc }
  const found = textOut(text, step, world)
  return found.rc === moreData || omit.includes('value') ? { ...found, size: text.length * unitBytes } : { ...found }
}
