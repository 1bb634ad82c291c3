// Components through features, categories and descriptors.
import { componentClients, componentLocationIn, featureState, parseDescriptor, productState, provideComponent, provideQualifiedComponent, QueryState, type ProvideMode } from 'msikit/engine'
import { contextOf, isProductCode } from '../api/product-arguments.ts'
import { invalidParameter, returnCode, success, unknownProduct } from '../api/return-code.ts'
import { textOut } from '../api/text-buffer.ts'
import type { Found, Operation, Step, World } from '../world.ts'

const unknownComponent = 1607
const invalidArgument = -2
const longestFeature = 38

export const componentOperations: Readonly<Record<string, Operation>> = {
  MsiProvideComponent: (step, world) => {
    const { product, feature, component } = step
    if (!isProductCode(product) || typeof feature !== 'string' || !isProductCode(component) || feature === '' || provideMode(step['mode']) === undefined) return { rc: invalidParameter }
    return pathOut(step, world, () => provideComponent(world.platform, product, feature, component, provideMode(step['mode'])))
  },
  MsiProvideQualifiedComponent: provideQualified,
  MsiProvideQualifiedComponentEx: provideQualified,
  MsiDecomposeDescriptor: ({ descriptor }) => {
    const parsed = typeof descriptor === 'string' ? parseDescriptor(descriptor) : undefined
    if (parsed === undefined || parsed.feature.length > longestFeature) return { rc: invalidParameter }
    return { rc: success, product: parsed.productCode, feature: parsed.feature, component: parsed.componentId, used: parsed.length }
  },
  MsiGetProductCode: ({ component, omit }, world) => {
    if (!isProductCode(component) || omit?.includes('value') === true) return { rc: invalidParameter }
    const clients = componentClients(world.platform, component)
    const installed = clients.find((client) => productState(world.platform, client) === 5) ?? clients[0]
    return installed === undefined ? { rc: unknownComponent } : { rc: success, value: installed }
  },
  MsiGetComponentPathEx: (step, world) => {
    const { product, component } = step
    const where = contextOf(step['context'], step['user'])
    if (!isProductCode(product) || !isProductCode(component) || where === undefined) return { state: invalidArgument }
    const { state, path } = componentLocationIn(world.platform, product, where.context, component, where.userSid)
    if (state === QueryState.unknown) return { state }
    const text = textOut(path, step, world)
    if (text.rc === invalidParameter) return { state: invalidArgument }
    return { state: text.rc === success ? state : -3, value: text.value, size: text.size }
  },
  MsiUseFeatureEx: ({ product, feature, mode, reserved }, world) => {
    if (!isProductCode(product) || typeof feature !== 'string' || reserved !== 0 || (mode !== 0 && mode !== -1 && mode !== -2)) return { state: invalidArgument }
    return { state: featureState(world.platform, product, feature) }
  },
}

/** INSTALLMODE */
function provideMode(mode: unknown): ProvideMode | undefined {
  return ({ '0': 'default', '-1': 'existing', '-2': 'no-detection', '-3': 'no-source-resolution' } as const)[String(mode)]
}

function provideQualified(step: Step, world: World): Found {
  const { category, qualifier, product } = step
  if (!isProductCode(category) || typeof qualifier !== 'string') return { rc: invalidParameter }
  if (product !== null && product !== undefined && !isProductCode(product)) return { rc: unknownProduct }
  return pathOut(step, world, () => provideQualifiedComponent(world.platform, category, qualifier, isProductCode(product) ? product : undefined))
}

function pathOut(step: Step, world: World, read: () => string): Found {
  let path = ''
  const rc = returnCode(() => { path = read() })
  return rc === success ? { ...textOut(path, step, world) } : { rc }
}
