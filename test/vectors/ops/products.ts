// What is recorded of installed products: states, facts, key paths and clients.
import { isGuid, packGuid, WindowsError } from 'msikit/base'
import { componentClients, componentLocation, componentState, featureState, locateComponent, productInfo, productInfoIn, productState, type ProductContext } from 'msikit/engine'
import type { Judged } from '../matcher.ts'
import { invalidParameter, moreData, noMoreItems, success } from '../api/return-code.ts'
import type { Found, Operation, Step, World } from '../world.ts'

const unknownComponent = 1607
const badConfiguration = 1610
/** INSTALLSTATE beyond those of the registry. */
const invalidArgument = -2
const moreDataState = -3
/** What a variable of the caller holds that is not written. */
const untouched = 0xdeadbeef
/** MSIINSTALLCONTEXT */
const contexts: Readonly<Record<number, ProductContext>> = { 1: 'user-managed', 2: 'user', 4: 'machine' }
const guidLength = 38
/** Key of the state that a query of features returned last. */
const lastState = 'last state'

export const productOperations: Readonly<Record<string, Operation>> = {
  MsiQueryProductState: ({ product }, { platform }) => {
    if (!hasGuidLength(product)) return { state: invalidArgument, lastError: untouched }
    return { state: productState(platform, product), lastError: isGuid(product) ? success : untouched }
  },
  MsiQueryFeatureState: ({ product, feature }, world) => {
    if (typeof product !== 'string' || !isGuid(product) || typeof feature !== 'string') return { state: invalidArgument, lastError: untouched }
    const state = featureState(world.platform, product, feature)
    world.state.set(lastState, state)
    return { state, lastError: success }
  },
  MsiQueryComponentState: ({ product, component, context }, world) => {
    const { platform } = world
    const at = contexts[Number(context)]
    const unwritten = { state: unwrittenState(world), lastError: untouched }
    if (typeof product !== 'string' || !isGuid(product) || typeof component !== 'string' || !isGuid(component) || at === undefined) return { rc: invalidParameter, ...unwritten }
    try {
      return { rc: success, state: componentState(platform, product, at, component), lastError: untouched }
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error
      return { rc: error.errno, ...unwritten, ...(error.errno === unknownComponent ? { state: -1 } : {}) }
    }
  },
  MsiGetComponentPath: (step, world) => {
    const { product, component } = step
    if (typeof product !== 'string' || typeof component !== 'string') return notLocated(step, world, invalidArgument)
    return located(componentLocation(world.platform, product, component), step, world)
  },
  MsiLocateComponent: (step, world) => {
    if (typeof step['component'] !== 'string') return notLocated(step, world, invalidArgument)
    return located(locateComponent(world.platform, step['component']), step, world)
  },
  MsiEnumClients: enumClients,
  MsiGetProductInfo: (step, world) => {
    const { product, property } = step
    if (typeof product !== 'string' || !isGuid(product) || typeof property !== 'string') return { rc: invalidParameter }
    const found = infoOut(step, world, 1, () => productInfo(world.platform, product, property))
    // The buffer of this function has the text that is no packed code.
    return found['rc'] === badConfiguration ? { ...found, value: rawPackageCode(world, product) } : found
  },
  MsiGetProductInfoEx: (step, world) => {
    const { product, property, context, user } = step
    const at = contexts[Number(context)]
    const isForMachine = at === 'machine' && user !== null && user !== undefined
    if (typeof product !== 'string' || !isGuid(product) || typeof property !== 'string' || property === '' || at === undefined || isForMachine) return { rc: invalidParameter }
    // This one counts the bytes of its buffer.
    return infoOut(step, world, step['api'] === 'W' ? 1 : 2, () => productInfoIn(world.platform, product, at, property, typeof user === 'string' ? user : undefined))
  },
}

/** The variable for the state keeps what it has: the mark of the caller, or what another query left there. */
function unwrittenState(world: World): Judged {
  const before = world.state.get(lastState)
  return { disagreement: (expected) => expected === untouched || expected === before ? undefined : 'nothing written' }
}

function rawPackageCode({ platform }: World, product: string): unknown {
  return platform.registry.value(`HKLM\\Software\\Classes\\Installer\\Products\\${packGuid(product)}`, 'PackageCode')?.data
}

function hasGuidLength(product: unknown): product is string {
  return typeof product === 'string' && product.length === guidLength
}

function located({ state, path }: { state: number; path: string }, step: Step, world: World): Found {
  const room = world.number(step['bufferChars'])
  const hasBuffer = step.omit?.includes('value') !== true
  if (hasBuffer && room === undefined) return { state: invalidArgument }
  if (path === '') return notLocated(step, world, state)
  if (hasBuffer && room! <= path.length) return { state: moreDataState, size: path.length }
  return { state, size: path.length, ...(hasBuffer ? { value: path } : {}) }
}

function notLocated(step: Step, world: World, state: number): Found {
  return { state, size: world.number(step['bufferChars']) }
}

function infoOut(step: Step, world: World, unitBytes: 1 | 2, read: () => string): Found {
  const room = world.number(step['bufferChars'])
  const hasBuffer = step.omit?.includes('value') !== true
  if (hasBuffer && room === undefined) return { rc: invalidParameter }
  try {
    const text = read()
    if (!hasBuffer) return room === undefined ? { rc: success } : { rc: success, size: text.length * unitBytes }
    if (room! <= text.length) return { rc: moreData, size: text.length * unitBytes }
    return { rc: success, value: text, size: text.length }
  } catch (error) {
    if (error instanceof WindowsError) return { rc: error.errno }
    throw error
  }
}

/** An enumeration begins at 0, and goes on only while nothing changes. */
function enumClients({ component, index, omit }: Step, world: World): Found {
  if (typeof component !== 'string' || !isGuid(component) || omit?.includes('value') === true) return { rc: invalidParameter }
  const clients = componentClients(world.platform, component)
  const at = Number(index)
  const begun = world.state.get('MsiEnumClients')
  const now = `${component}\n${clients.join()}`
  if (at === 0) world.state.set('MsiEnumClients', now)
  if (at > 0 && (begun !== now || clients.length === 0)) return { rc: invalidParameter }
  if (clients.length === 0) return { rc: unknownComponent }
  const client = clients[at]
  return client === undefined ? { rc: noMoreItems } : { rc: success, value: client }
}
