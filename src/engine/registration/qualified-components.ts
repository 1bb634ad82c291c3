// Components that are published under a category and a qualifier, and what stands behind a Darwin descriptor.
// https://learn.microsoft.com/windows/win32/msi/qualified-components, …/components-and-features
import { guidFromBase85, isGuid, packGuid, WindowsError, type ErrorCodeName } from '../../base/index.ts'
import type { Platform, RegistryValue } from '../../platform/index.ts'
import * as keys from './keys.ts'
import { allContextRoots } from './product-contexts.ts'
import { infoText, unknownProduct } from './product-info.ts'
import { componentLocation, featureState, productState, QueryState } from './product-states.ts'

export interface DarwinDescriptor {
  readonly productCode: string
  /** `''` where the product has one feature. */
  readonly feature: string
  /** `''` where the feature has one component. */
  readonly componentId: string
  /** Characters that the descriptor took; what follows are arguments. */
  readonly length: number
}

const base85Length = 20
const noComponent = '<'
const withComponent = '>'
/** Stands between a feature's components and its parent. */
const parentMark = '\x02'

/** Takes the descriptor apart that a text begins with; `undefined` when it begins with none. */
export function parseDescriptor(text: string): DarwinDescriptor | undefined {
  const productCode = guidFromBase85(text)
  if (productCode === undefined) return undefined
  const rest = text.slice(base85Length)
  const end = [...rest].findIndex((one) => one === noComponent || one === withComponent)
  if (end < 0) return undefined
  const length = base85Length + end + 1
  if (rest[end] === noComponent) return { productCode, feature: rest.slice(0, end), componentId: '', length }
  const componentId = guidFromBase85(text.slice(length))
  return componentId === undefined ? undefined : { productCode, feature: rest.slice(0, end), componentId, length: length + base85Length }
}

/**
 * The descriptor under a category and qualifier, of the first context that has it.
 * @throws WindowsError ERROR_UNKNOWN_COMPONENT (1607) without the category, ERROR_INDEX_ABSENT (1611) without the qualifier
 */
export function qualifiedComponent({ registry, machine }: Platform, category: string, qualifier: string): string {
  const packed = packGuid(category) ?? ''
  const found = allContextRoots(registry, machine).map(({ publishRoot }) => keys.publishedComponentKey(publishRoot, packed)).filter((key) => registry.keyExists(key))
  if (found.length === 0) throw problem('ERROR_UNKNOWN_COMPONENT', `category ${category}: expected one that is published`)
  for (const key of found) {
    const value = registry.value(key, qualifier)
    if (value !== undefined) return firstText(value)
  }
  throw problem('ERROR_INDEX_ABSENT', `qualifier ${qualifier}: expected one of category ${category}`)
}

function firstText(value: RegistryValue): string {
  return value.type === 'REG_MULTI_SZ' ? value.data[0] ?? '' : infoText(value)
}

/**
 * The path of a qualified component as it is installed. Nothing is installed for it.
 *
 * @param productCode In place of the one that the descriptor names.
 * @throws WindowsError as {@link qualifiedComponent} and {@link provideComponent}
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msiprovidequalifiedcomponentexw
 */
export function provideQualifiedComponent(platform: Platform, category: string, qualifier: string, productCode?: string): string {
  const descriptor = parseDescriptor(qualifiedComponent(platform, category, qualifier))
  if (descriptor === undefined) throw problem('ERROR_BAD_CONFIGURATION', `category ${category}, qualifier ${qualifier}: expected a descriptor`)
  return provideComponent(platform, productCode ?? descriptor.productCode, descriptor.feature, descriptor.componentId)
}

/** INSTALLMODE: `no-detection` believes what is recorded; `no-source-resolution` gives no path in a source. */
export type ProvideMode = 'default' | 'existing' | 'no-detection' | 'no-source-resolution'

/**
 * The path of an installed component of a feature; without a component, of the feature's first one.
 *
 * @throws WindowsError ERROR_INSTALL_SOURCE_ABSENT (1612) with `no-source-resolution` for one that runs from its source
 * @throws WindowsError ERROR_UNKNOWN_PRODUCT (1605), ERROR_UNKNOWN_FEATURE (1606), ERROR_UNKNOWN_COMPONENT (1607),
 *   ERROR_FILE_NOT_FOUND (2) when nothing is installed there
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msiprovidecomponentw
 */
export function provideComponent(platform: Platform, productCode: string, feature: string, componentId: string, mode: ProvideMode = 'default'): string {
  if (productState(platform, productCode) === QueryState.unknown) throw unknownProduct(productCode)
  return provideOf(platform, productCode, feature === '' ? onlyFeature(platform, productCode) : feature, componentId, mode)
}

/** Descriptors leave out the name of a single feature. */
function onlyFeature({ registry, machine }: Platform, productCode: string): string {
  const packed = packGuid(productCode) ?? ''
  return allContextRoots(registry, machine).flatMap(({ publishRoot }) => registry.valueNames(keys.featuresKey(publishRoot, packed)))[0] ?? ''
}

function provideOf(platform: Platform, productCode: string, feature: string, componentId: string, mode: ProvideMode): string {
  if (featureState(platform, productCode, feature) === QueryState.unknown) throw problem('ERROR_UNKNOWN_FEATURE', `feature ${feature}: expected one of product ${productCode}`)
  const component = componentId === '' ? firstComponent(platform, productCode, feature) : componentId
  if (componentId !== '' && !isGuid(componentId)) throw problem('ERROR_UNKNOWN_COMPONENT', `component ${componentId}: expected a GUID`)
  const { state, path } = component === undefined ? { state: QueryState.unknown, path: '' } : componentLocation(platform, productCode, component)
  if (component !== undefined && componentId !== '' && state === QueryState.unknown) throw problem('ERROR_UNKNOWN_COMPONENT', `component ${componentId}: expected one of product ${productCode}`)
  if (mode === 'no-detection' && path !== '') return path
  if (mode === 'no-source-resolution' && state === QueryState.source) throw problem('ERROR_INSTALL_SOURCE_ABSENT', `component ${component ?? ''} of feature ${feature}: it runs from its source`)
  if (state !== QueryState.local && state !== QueryState.source) throw problem('ERROR_FILE_NOT_FOUND', `component ${component ?? ''} of feature ${feature}: it is not installed`)
  return path
}

function firstComponent({ registry, machine }: Platform, productCode: string, feature: string): string | undefined {
  const packed = packGuid(productCode) ?? ''
  for (const { sid } of allContextRoots(registry, machine)) {
    const components = infoText(registry.value(keys.userDataFeaturesKey(sid, packed), feature)).split(parentMark)[0]!
    const first = guidFromBase85(components)
    if (first !== undefined) return first
  }
  return undefined
}

function problem(code: ErrorCodeName, message: string): WindowsError {
  return new WindowsError(code, message)
}
