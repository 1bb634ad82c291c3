// The Feature table loaded as a tree, with its components. https://learn.microsoft.com/windows/win32/msi/feature-table
import type { Row } from '../../../database/index.ts'
import { InstallError } from '../messages/install-error.ts'
import type { Feature } from './features.ts'
import { InstallState } from './states.ts'

export const FeatureAttribute = {
  favorSource: 0x1, followParent: 0x2, favorAdvertise: 0x4, disallowAdvertise: 0x8, uiDisallowAbsent: 0x10,
  noUnsupportedAdvertise: 0x20,
} as const

export const maximumFeatureDepth = 16

interface LoadedFeature extends Omit<Feature, 'parent' | 'components'> {
  parent: Feature | undefined
  components: string[]
}

/**
 * Parents come before their children; siblings stand in Display order, as the selection tree shows them.
 * @throws InstallError 2701 too deep or a circle, 2702 unknown parent
 */
export function loadFeatures(featureRows: Iterable<Row>, featureComponentRows: Iterable<Row>): Map<string, Feature> {
  const loaded = new Map<string, LoadedFeature>()
  const parents = new Map<string, string>()
  for (const row of featureRows) {
    const name = row.text('Feature')
    parents.set(name, row.text('Feature_Parent') === name ? '' : row.text('Feature_Parent'))
    loaded.set(name, {
      name, parent: undefined, title: row.text('Title'), attributes: row.integer('Attributes') ?? 0, directory: row.text('Directory_'),
      level: row.integer('Level') ?? 1, installed: InstallState.absent, request: InstallState.unknown, action: InstallState.unknown,
      reinstall: false, components: [],
    })
  }
  for (const [name, parent] of parents) {
    if (parent === '') continue
    const found = loaded.get(parent)
    if (found === undefined) throw new InstallError(2702, [name])
    loaded.get(name)!.parent = found
  }
  for (const row of featureComponentRows) loaded.get(row.text('Feature_'))?.components.push(row.text('Component_'))
  return new Map([...loaded.values()].map((feature) => [feature, depthOf(feature)] as const)
    .sort((a, b) => a[1] - b[1]).map(([feature]) => [feature.name, feature]))
}

function depthOf(feature: Feature): number {
  let depth = 1
  for (let at = feature.parent; at !== undefined; at = at.parent) {
    if (++depth > maximumFeatureDepth) throw new InstallError(2701, [maximumFeatureDepth])
  }
  return depth
}

export function isDescendantOf(feature: Feature, ancestor: Feature): boolean {
  for (let at = feature.parent; at !== undefined; at = at.parent) if (at === ancestor) return true
  return false
}

/**
 * A feature of level 0 that is not installed is left alone whatever is asked for, and what stands under it with it.
 * https://learn.microsoft.com/windows/win32/msi/customizing-an-original-database
 */
export function isDisabled(feature: Feature): boolean {
  for (let at: Feature | undefined = feature; at !== undefined; at = at.parent) {
    if (at.installed !== InstallState.absent) return false
    if (at.level <= 0) return true
  }
  return false
}

export function hasAttribute(feature: Feature, bit: number): boolean {
  return (feature.attributes & bit) !== 0
}
